package dev.mekiki.analysis;

/**
 * How much of a machine an analysis may take.
 *
 * @param threads at least 1
 * @param registrations most that are held at once, at least 2; of more, a sample is analysed
 */
public record Bounds(int threads, int registrations) {

    /** Besides its vectors: id, label, digest, neighbours, edges of the graph and what is measured. */
    private static final int BYTES_BESIDE_VECTORS = 2_000;

    /** While the snapshot is made, the vectors are there twice. */
    private static final int COPIES = 2;

    /** More than this takes hours on a few processors, because every pair is compared. */
    private static final int MOST = 1_000_000;

    public Bounds {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + " (expected: at least 1)");
        }
        if (registrations < 2) {
            throw new IllegalArgumentException("registrations: " + registrations + " (expected: at least 2)");
        }
    }

    /**
     * As many registrations as fit some memory.
     *
     * @param bytes of heap that an analysis may take
     * @param dimension of the vectors
     */
    public static Bounds within(long bytes, int dimension, int threads) {
        long each = (long) COPIES * Float.BYTES * dimension + BYTES_BESIDE_VECTORS;
        long fitting = Math.min(bytes / each, Integer.MAX_VALUE / dimension);
        return new Bounds(threads, (int) Math.clamp(fitting, 2, MOST));
    }
}
