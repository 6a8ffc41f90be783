package dev.mekiki.analysis.statistics;

import java.util.Arrays;

/**
 * Quantiles by linear interpolation between order statistics: type 7 of Hyndman and Fan, The American Statistician 50,
 * 1996.
 */
public final class Quantiles {

    /** Makes the median absolute deviation a standard deviation where values are normal. */
    private static final double NORMAL = 1.4826;

    private Quantiles() {}

    /**
     * @param sorted ascending, at least one
     * @param share in [0, 1]
     */
    public static double ofSorted(double[] sorted, double share) {
        double at = share * (sorted.length - 1);
        int below = (int) Math.floor(at);
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /** @param values in any order, at least one */
    public static double of(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return ofSorted(sorted, share);
    }

    public static double median(double[] values) {
        return of(values, .5);
    }

    /** The median absolute deviation from the median, scaled to be the standard deviation of normal values. */
    public static double robustDeviation(double[] values) {
        double median = median(values);
        return NORMAL
                * median(Arrays.stream(values).map(v -> Math.abs(v - median)).toArray());
    }
}
