package dev.mekiki.analysis.space;

/**
 * Up to 64 points laid out for multiplying many others with them. Not thread-safe while it is filled, thread-safe after.
 */
public final class Panel {

    /** How many points it holds. */
    public static final int WIDTH = Kernel.COLUMNS;

    private static final int ROWS_AT_ONCE = 4;

    private final float[] transposed;
    private final int dimension;
    private int count;

    public Panel(int dimension) {
        this.dimension = dimension;
        this.transposed = new float[dimension * WIDTH];
    }

    /** Holds these points from now on, those from {@code from} to before {@code to}; at most {@link #WIDTH}. */
    public void fill(Points points, int from, int to) {
        int[] rows = new int[to - from];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = from + i;
        }
        fill(points, rows, 0, rows.length);
    }

    /** Holds the points that {@code rows} names between {@code from} and before {@code to}. */
    public void fill(Points points, int[] rows, int from, int to) {
        if (points.dimension() != dimension || to - from > WIDTH) {
            throw new IllegalArgumentException("points: " + (to - from) + " of dimension " + points.dimension()
                    + " (expected: at most " + WIDTH + " of dimension " + dimension + ")");
        }
        count = to - from;
        float[] values = points.values();
        for (int c = 0; c < WIDTH; c++) {
            for (int d = 0; d < dimension; d++) {
                transposed[d * WIDTH + c] = c < count ? values[rows[from + c] * dimension + d] : 0;
            }
        }
    }

    /** How many points it holds now. */
    public int count() {
        return count;
    }

    /** What {@link #times} needs room for. */
    public static int room(int rows) {
        return (rows + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE * ROWS_AT_ONCE * WIDTH;
    }

    /**
     * Inner products of points with those held.
     *
     * @param points whose rows from {@code from} to before {@code to} are multiplied
     * @param out product of row {@code from + i} with held point {@code c} at {@code i × WIDTH + c}; of at least
     *     {@link #room} floats, what lies beyond the products is overwritten
     */
    public void times(Points points, int from, int to, float[] out) {
        float[] values = points.values();
        int last = (to - 1) * dimension;
        for (int i = from; i < to; i += ROWS_AT_ONCE) {
            int first = i * dimension;
            // Where fewer than four rows are left, the last one is taken again.
            Kernel.FASTEST.fourRows(
                    values,
                    first,
                    Math.min(first + dimension, last),
                    Math.min(first + 2 * dimension, last),
                    Math.min(first + 3 * dimension, last),
                    dimension,
                    transposed,
                    out,
                    (i - from) * WIDTH);
        }
    }
}
