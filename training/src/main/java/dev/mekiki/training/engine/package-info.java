/**
 * Everything that touches the training engine (libtorch through JavaCPP): forward, backward, optimiser, raw state.
 * Entry: {@link dev.mekiki.training.engine.TrainingEngine}. Nothing of the engine's types appears in its public methods.
 */
@NullMarked
package dev.mekiki.training.engine;

import org.jspecify.annotations.NullMarked;
