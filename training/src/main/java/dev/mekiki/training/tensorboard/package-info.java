/**
 * Event files that TensorBoard reads. Entry: {@link dev.mekiki.training.tensorboard.EventFile}.
 */
@NullMarked
package dev.mekiki.training.tensorboard;

import org.jspecify.annotations.NullMarked;
