@NullMarked
package dev.mekiki.report.chart;

import org.jspecify.annotations.NullMarked;
