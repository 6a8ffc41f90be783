/**
 * Trains the embedder and makes it a model that a service can load. In order of use:
 *
 * <ol>
 *   <li>{@link dev.mekiki.training.Recipe#documents()} or {@link dev.mekiki.training.RunFile#read}: every number of a
 *       run;
 *   <li>{@link dev.mekiki.training.TrainingData#read}: makes classes of a folder of images;
 *   <li>{@link dev.mekiki.training.TrainingRun#of} and {@link dev.mekiki.training.TrainingRun#run}: trains, or goes on
 *       from the folder's checkpoint;
 *   <li>{@link dev.mekiki.training.Publication#publish}: writes the ONNX file and its card with measured thresholds;
 *   <li>{@link dev.mekiki.training.evaluation.Evaluation#run}: measures any model on a folder of documents, as a
 *       {@linkplain dev.mekiki.training.evaluation.EvaluationReport#table() table} or JSON.
 * </ol>
 *
 * <p>{@link dev.mekiki.training.UnseenDocuments} names the documents that the published model was never shown.
 */
@NullMarked
package dev.mekiki.training;

import org.jspecify.annotations.NullMarked;
