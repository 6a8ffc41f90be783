/**
 * How sure a figure is that was measured on a sample: intervals by bootstrap over classes
 * ({@link dev.mekiki.analysis.statistics.ClassBootstrap}), tests of paired decisions, correlation.
 */
@NullMarked
package dev.mekiki.analysis.statistics;

import org.jspecify.annotations.NullMarked;
