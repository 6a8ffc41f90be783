/**
 * From an image file's bytes to a unit vector: {@link dev.mekiki.inference.ImageEmbedder}. Decoding and preprocessing
 * happen on a bounded pool of threads, the model runs on threads of its own behind a dynamic batcher.
 */
@NullMarked
package dev.mekiki.inference;

import org.jspecify.annotations.NullMarked;
