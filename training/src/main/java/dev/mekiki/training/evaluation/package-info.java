/**
 * Measures models on documents: verification, identification, and identification when half of what is shown was never
 * registered, with intervals, by condition, and against each other; derives a model card's thresholds; and tells whether
 * scattered labels are misrecognised more. Entries: {@link dev.mekiki.training.evaluation.Evaluation},
 * {@link dev.mekiki.training.evaluation.ConcentrationStudy}.
 */
@NullMarked
package dev.mekiki.training.evaluation;

import org.jspecify.annotations.NullMarked;
