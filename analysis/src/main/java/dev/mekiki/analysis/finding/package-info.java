/**
 * What is wrong with a gallery, and what to do about it: {@link dev.mekiki.analysis.finding.Finding}, found by
 * {@link dev.mekiki.analysis.finding.Examination}. What counts as near or far follows from the gallery's own scores
 * ({@link dev.mekiki.analysis.finding.ScoreSeparation}).
 */
@NullMarked
package dev.mekiki.analysis.finding;

import org.jspecify.annotations.NullMarked;
