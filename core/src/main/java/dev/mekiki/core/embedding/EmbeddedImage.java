package dev.mekiki.core.embedding;

import dev.mekiki.core.time.StageDurations;

/**
 * An image's embedding and what it took to make it.
 *
 * @param embedding the unit vector
 * @param durations of decode, preprocess, queue and inference
 */
public record EmbeddedImage(Embedding embedding, StageDurations durations) {}
