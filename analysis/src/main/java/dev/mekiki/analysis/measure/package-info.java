/**
 * How a space is organised: density at several scales ({@link dev.mekiki.analysis.measure.RelativeLocalDensity}), how
 * pure neighbourhoods are ({@link dev.mekiki.analysis.measure.ClassHomogeneity}), how far classes lie apart
 * ({@link dev.mekiki.analysis.measure.CalinskiHarabasz}), how scattered one of them is
 * ({@link dev.mekiki.analysis.measure.Concentration}).
 */
@NullMarked
package dev.mekiki.analysis.measure;

import org.jspecify.annotations.NullMarked;
