package dev.mekiki.core.embedding;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.image.ContentDigest;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** A unit vector of float32 in an {@link EmbeddingSpace}. Immutable. */
public final class Embedding {

    private static final double UNIT_TOLERANCE = 1e-3;

    private final EmbeddingSpace space;
    private final float[] vector;

    private Embedding(EmbeddingSpace space, float[] vector) {
        this.space = space;
        this.vector = vector;
    }

    /**
     * Takes a vector that is already of unit length.
     *
     * @param vector {@code [space.dimension()]}, copied; its length within 1e-3 of one
     * @throws InvalidInput if it has another dimension, is not of unit length, or is not finite
     */
    public static Embedding ofUnit(EmbeddingSpace space, float[] vector) {
        double length = length(space, vector);
        if (Math.abs(length - 1) > UNIT_TOLERANCE) {
            throw new InvalidInput("embedding", "length " + length, "a unit vector (length within 0.001 of 1)");
        }
        return new Embedding(space, vector.clone());
    }

    /**
     * Scales a vector to unit length.
     *
     * @param vector {@code [space.dimension()]}, copied
     * @throws InvalidInput if it has another dimension, is zero, or is not finite
     */
    public static Embedding normalised(EmbeddingSpace space, float[] vector) {
        double length = length(space, vector);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return new Embedding(space, unit);
    }

    private static double length(EmbeddingSpace space, float[] vector) {
        if (vector.length != space.dimension()) {
            throw new InvalidInput(
                    "embedding", vector.length + " values", space.dimension() + " values, the dimension of " + space);
        }
        double squares = 0;
        for (float v : vector) {
            squares += (double) v * v;
        }
        if (!(squares > 0 && squares < Double.POSITIVE_INFINITY)) {
            throw new InvalidInput("embedding", "length " + Math.sqrt(squares), "a finite vector other than zero");
        }
        return Math.sqrt(squares);
    }

    public EmbeddingSpace space() {
        return space;
    }

    /** A copy of the values, {@code [space().dimension()]}. */
    public float[] vector() {
        return vector.clone();
    }

    /** Writes the values at the buffer's position, which moves by {@code space().dimension()}. */
    public void put(FloatBuffer target) {
        target.put(vector);
    }

    /** The digest of the values, float32 big-endian: stands for an image's where there is only the vector. */
    public ContentDigest digest() {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
        bytes.asFloatBuffer().put(vector);
        return ContentDigest.of(bytes.array());
    }

    /**
     * The exact cosine of the angle to another vector of the same space, in [-1, 1].
     *
     * @throws SpaceMismatch if the other vector is of another space
     */
    public double cosine(Embedding other) {
        if (!space.equals(other.space)) {
            throw new SpaceMismatch(other.space, space);
        }
        float sum = 0;
        for (int i = 0; i < vector.length; i++) {
            sum = Math.fma(vector[i], other.vector[i], sum);
        }
        return Math.clamp(sum, -1f, 1f);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Embedding e && space.equals(e.space) && Arrays.equals(vector, e.vector);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(vector);
    }

    @Override
    public String toString() {
        return "Embedding[" + space + "]";
    }
}
