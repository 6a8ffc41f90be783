/**
 * A dynamic batcher for any device: items come one by one from many threads, a device takes several at once. Knows
 * nothing of images or of ONNX. Entry: {@link dev.mekiki.inference.batch.Batcher}.
 */
@NullMarked
package dev.mekiki.inference.batch;

import org.jspecify.annotations.NullMarked;
