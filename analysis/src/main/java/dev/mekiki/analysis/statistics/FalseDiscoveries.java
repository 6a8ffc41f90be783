package dev.mekiki.analysis.statistics;

import java.util.Arrays;

/**
 * Which of many tests to believe, so that of those no more than a share is expected to be chance.
 *
 * <p>Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57, 1995.
 */
public final class FalseDiscoveries {

    private FalseDiscoveries() {}

    /**
     * The largest p-value to believe; those above it are not believed.
     *
     * @param pValues in any order, each in [0, 1]
     * @param share in (0, 1)
     * @return negative if none is to be believed
     */
    public static double limit(double[] pValues, double share) {
        double[] sorted = pValues.clone();
        Arrays.sort(sorted);
        for (int i = sorted.length - 1; i >= 0; i--) {
            if (sorted[i] <= share * (i + 1) / sorted.length) {
                return sorted[i];
            }
        }
        return -1;
    }
}
