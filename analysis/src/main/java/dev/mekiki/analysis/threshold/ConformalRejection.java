package dev.mekiki.analysis.threshold;

import java.util.Arrays;

/**
 * How well a score would fit a stranger, beside the scores of strangers seen before:
 * {@code p = (1 + #{sᵢ ≥ s})/(n + 1)}. Naming only what has {@code p ≤ α} names at most a share α of strangers, if
 * they are like those seen, whatever the distribution; with fewer than {@code 1/α − 1} of those, nothing is named.
 * Immutable, thread-safe.
 *
 * <p>Source: Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005.
 */
public final class ConformalRejection {

    private final float[] sorted;

    /** @param strangers the best score over the gallery of each of several strangers */
    public ConformalRejection(float[] strangers) {
        sorted = strangers.clone();
        Arrays.sort(sorted);
    }

    /** How many strangers were seen. */
    public int count() {
        return sorted.length;
    }

    /** In [1/(n + 1), 1]: small for a score that strangers hardly reach. */
    public double pValue(double score) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] >= score) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return (1.0 + sorted.length - low) / (sorted.length + 1.0);
    }

    /** How many strangers must have been seen for anything to be named at this rate. */
    public static int leastCount(double rate) {
        if (!(rate > 0 && rate < 1)) {
            throw new IllegalArgumentException("rate: " + rate + " (expected: between 0 and 1, exclusive)");
        }
        return (int) Math.ceil(1 / rate - 1 - 1e-9);
    }
}
