package dev.mekiki.inference;

/**
 * How long decoding and preprocessing a file takes, by its size: an exponentially weighted average of what the last
 * ones of that size took, for every power of two. The size is known without reading the file; pixels would tell a little
 * more, but finding their number walks the whole of a JPEG. Thread-safe.
 */
final class DecodeCosts {

    /** An image counts a 32nd, since files of about the same size differ; the first ones count more. */
    private static final int WEIGHT = 32;

    /** One image that was held up must not have the next ones refused; where all are slower, the average follows. */
    private static final int MOST_OF_AVERAGE = 4;

    /** Before anything was measured: that of a JPEG at reduced scale. */
    private static final long FIRST_GUESS_PER_BYTE = 10;

    private final double[] nanos = new double[Integer.SIZE];
    private final int[] heard = new int[Integer.SIZE];

    synchronized void took(int bytes, long took) {
        int i = sizeClass(bytes);
        heard[i] = Math.min(heard[i] + 1, WEIGHT);
        double counted = heard[i] == 1 ? took : Math.min(took, MOST_OF_AVERAGE * nanos[i]);
        nanos[i] += (counted - nanos[i]) / heard[i];
    }

    /** What a file of so many bytes will take: as the last ones of its size, or in proportion to the nearest size. */
    synchronized long nanos(int bytes) {
        int own = sizeClass(bytes);
        for (int distance = 0; distance < Integer.SIZE; distance++) {
            for (int i : new int[] {own - distance, own + distance}) {
                if (i >= 0 && i < Integer.SIZE && heard[i] > 0) {
                    return (long) Math.scalb(nanos[i], own - i);
                }
            }
        }
        return FIRST_GUESS_PER_BYTE * bytes;
    }

    private static int sizeClass(int bytes) {
        return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(Math.max(1, bytes));
    }
}
