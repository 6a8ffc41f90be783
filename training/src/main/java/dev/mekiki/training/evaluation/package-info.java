/**
 * Measures a model on documents: verification, identification, and identification when half of what is shown was never
 * registered; and derives a model card's thresholds. Entry: {@link dev.mekiki.training.evaluation.Evaluation}.
 */
@NullMarked
package dev.mekiki.training.evaluation;

import org.jspecify.annotations.NullMarked;
