package dev.mekiki.analysis.space;

import java.util.Arrays;
import java.util.List;

/** Vectors of float32, one after the other in one array. Immutable, thread-safe. */
public final class Points {

    private final float[] values;
    private final int dimension;
    private final float[] halfSquares;

    private Points(float[] values, int dimension) {
        this.values = values;
        this.dimension = dimension;
        this.halfSquares = new float[values.length / dimension];
        for (int i = 0; i < halfSquares.length; i++) {
            double squares = 0;
            for (int d = i * dimension; d < (i + 1) * dimension; d++) {
                squares += (double) values[d] * values[d];
            }
            halfSquares[i] = (float) (squares / 2);
        }
    }

    /**
     * Takes an array over, without a copy: it must not be changed any more.
     *
     * @param values {@code [rows × dimension]}, finite
     * @param dimension at least 1
     */
    public static Points over(float[] values, int dimension) {
        if (dimension < 1 || values.length % dimension != 0) {
            throw new IllegalArgumentException("values: " + values.length + " (expected: a multiple of the dimension, "
                    + dimension + ", which is at least 1)");
        }
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new IllegalArgumentException(
                        "values[" + i / dimension + "]: " + values[i] + " (expected: finite numbers)");
            }
        }
        return new Points(values, dimension);
    }

    /**
     * Copies rows.
     *
     * @param rows at least one, all of the same length
     */
    public static Points of(List<float[]> rows) {
        int dimension = rows.getFirst().length;
        float[] values = new float[Math.multiplyExact(rows.size(), dimension)];
        for (int i = 0; i < rows.size(); i++) {
            float[] row = rows.get(i);
            if (row.length != dimension) {
                throw new IllegalArgumentException(
                        "rows[" + i + "]: " + row.length + " values (expected: " + dimension + ", as rows[0])");
            }
            System.arraycopy(row, 0, values, i * dimension, dimension);
        }
        return over(values, dimension);
    }

    /** How many there are. */
    public int count() {
        return halfSquares.length;
    }

    public int dimension() {
        return dimension;
    }

    /** A copy of a row, {@code [dimension]}. */
    public float[] row(int i) {
        return Arrays.copyOfRange(values, i * dimension, (i + 1) * dimension);
    }

    /** One value. */
    public float at(int i, int d) {
        return values[i * dimension + d];
    }

    /** The rows named, in that order. */
    public Points only(int[] rows) {
        float[] chosen = new float[rows.length * dimension];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(values, rows[i] * dimension, chosen, i * dimension, dimension);
        }
        return new Points(chosen, dimension);
    }

    /** Half the squared length of a row. */
    public float halfSquare(int i) {
        return halfSquares[i];
    }

    /** The inner product of two rows; the cosine where they are unit vectors. The same as {@link Panel} computes. */
    public float dot(int i, int j) {
        float sum = 0;
        int a = i * dimension;
        int b = j * dimension;
        for (int d = 0; d < dimension; d++) {
            sum = Math.fma(values[a + d], values[b + d], sum);
        }
        return sum;
    }

    /** The Euclidean distance of two rows, from their differences, so that it is exact for near ones as well. */
    public double distance(int i, int j) {
        // Four sums at once, because one would wait for itself.
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int a = i * dimension;
        int b = j * dimension;
        int d = 0;
        for (; d + 3 < dimension; d += 4) {
            float d0 = values[a + d] - values[b + d];
            float d1 = values[a + d + 1] - values[b + d + 1];
            float d2 = values[a + d + 2] - values[b + d + 2];
            float d3 = values[a + d + 3] - values[b + d + 3];
            s0 += d0 * d0;
            s1 += d1 * d1;
            s2 += d2 * d2;
            s3 += d3 * d3;
        }
        for (; d < dimension; d++) {
            float difference = values[a + d] - values[b + d];
            s0 += difference * difference;
        }
        return Math.sqrt(s0 + s1 + s2 + s3);
    }

    float[] values() {
        return values;
    }
}
