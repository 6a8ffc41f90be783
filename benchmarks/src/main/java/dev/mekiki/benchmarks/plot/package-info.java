/** Plots of figures as SVG: {@link dev.mekiki.benchmarks.plot.LineChart}, {@link dev.mekiki.benchmarks.plot.BarChart}. */
@NullMarked
package dev.mekiki.benchmarks.plot;

import org.jspecify.annotations.NullMarked;
