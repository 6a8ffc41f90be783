/**
 * Charts of figures as SVG: {@link dev.mekiki.report.chart.LineChart}, {@link dev.mekiki.report.chart.BarChart},
 * {@link dev.mekiki.report.chart.PlaneChart}.
 */
@NullMarked
package dev.mekiki.report.chart;

import org.jspecify.annotations.NullMarked;
