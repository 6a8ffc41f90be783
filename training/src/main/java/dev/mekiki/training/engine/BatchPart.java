package dev.mekiki.training.engine;

import java.nio.FloatBuffer;

/**
 * One part of a batch, to be filled.
 *
 * @param images {@code [n, 3, S, S]} from position 0; direct
 * @param labels class of each of the n images; images 2i and 2i+1 are of one class
 * @param teacher {@code [n, T]} unit vectors from position 0, direct; empty without a teacher
 * @param corners {@code [n, 8]} from position 0, direct: where the corners of the documents lie, as in {@link
 *     dev.mekiki.training.network.Quadrilateral}; empty without a localiser
 */
@SuppressWarnings("ArrayRecordComponent") // Filled, never compared.
public record BatchPart(FloatBuffer images, int[] labels, FloatBuffer teacher, FloatBuffer corners) {}
