/**
 * Where "known" begins: a threshold for a false-accept rate from the scores of strangers
 * ({@link dev.mekiki.analysis.threshold.CalibratedThreshold}), thresholds of single labels
 * ({@link dev.mekiki.analysis.threshold.LabelThresholds}), and how strange a score is
 * ({@link dev.mekiki.analysis.threshold.ConformalRejection}).
 */
@NullMarked
package dev.mekiki.analysis.threshold;

import org.jspecify.annotations.NullMarked;
