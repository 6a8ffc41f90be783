package dev.mekiki.analysis.drift;

import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * How far a distribution has moved.
 *
 * <p>The population stability index is the sum over classes of (q - p) ln(q / p), of the shares p before and q
 * since. A class ends where it has a tenth of what was before, and a bin
 * that has as much is a class of its own; a share of nothing is taken as that of
 * half a count. Below 0.1 is usually called stable and above 0.2 or 0.25 moved: Siddiqi, Credit Risk Scorecards, 2006.
 * Where nothing moved it is (1/n + 1/m) times a chi-squared of one less than there are classes: Yurdakul and Naranjo,
 * Journal of Risk Model Validation 14, 2020.
 *
 * <p>The Kolmogorov-Smirnov distance is the largest between the two cumulative shares at an edge of a bin, so at most the
 * one of the numbers themselves; how likely it is by chance is the limit for large numbers with the correction of Stephens,
 * Journal of the Royal Statistical Society B 32, 1970, and in fact less for numbers in bins.
 *
 * @param stabilityIndex at least 0
 * @param byChance what the index stays below with 99 % if nothing moved
 * @param distance of Kolmogorov and Smirnov, in [0, 1]
 * @param pValue how likely that distance would be if nothing had moved
 * @param medianBefore within its bin by interpolation
 * @param medianSince likewise
 */
public record Shift(
        double stabilityIndex,
        double byChance,
        double distance,
        double pValue,
        double medianBefore,
        double medianSince) {

    /** Above this it is called moved, if it is not chance. */
    public static final double MOVED = .2;

    private static final int CLASSES = 10;
    private static final double SURE = .99;
    private static final int TERMS = 100;

    /**
     * Compares two.
     *
     * @param bins that both are counted in
     * @param before at least one
     * @param since at least one
     */
    static Shift between(Bins bins, Histogram before, Histogram since) {
        long n = before.total();
        long m = since.total();
        if (n < 1 || m < 1) {
            throw new IllegalArgumentException("counts: " + n + " and " + m + " (expected: at least 1 each)");
        }
        double index = 0;
        int classes = 0;
        double distance = 0;
        long seenBefore = 0;
        long seenSince = 0;
        long classBefore = 0;
        long classSince = 0;
        for (int bin = 0; bin < Bins.COUNT; bin++) {
            seenBefore += before.count(bin);
            seenSince += since.count(bin);
            classBefore += before.count(bin);
            classSince += since.count(bin);
            distance = Math.max(distance, Math.abs((double) seenBefore / n - (double) seenSince / m));
            boolean last = bin == Bins.COUNT - 1;
            boolean full = classBefore * CLASSES >= n;
            boolean nextIsFull = !last && before.count(bin + 1) * CLASSES >= n;
            if ((last || full || nextIsFull) && classBefore + classSince > 0) {
                double p = Math.max(classBefore, .5) / n;
                double q = Math.max(classSince, .5) / m;
                index += (q - p) * Math.log(q / p);
                classes++;
                classBefore = 0;
                classSince = 0;
            }
        }
        double scale = 1.0 / n + 1.0 / m;
        double byChance =
                classes < 2 ? 0 : scale * ChiSquaredDistribution.of(classes - 1).inverseCumulativeProbability(SURE);
        double root = Math.sqrt(1 / scale);
        return new Shift(
                index,
                byChance,
                distance,
                kolmogorov((root + .12 + .11 / root) * distance),
                before.quantile(bins, .5),
                since.quantile(bins, .5));
    }

    /** Whether the index is above {@value #MOVED} and not by chance. */
    public boolean moved() {
        return stabilityIndex > MOVED && stabilityIndex > byChance;
    }

    /** The chance of more than {@code x}: 2 Σ (-1)^(j-1) exp(-2 j² x²). */
    static double kolmogorov(double x) {
        // There the series converges slowly, and the chance is 1 to fifteen digits.
        if (x < .2) {
            return 1;
        }
        double sum = 0;
        for (int j = 1; j <= TERMS; j++) {
            sum += (j % 2 == 1 ? 2 : -2) * Math.exp(-2.0 * j * j * x * x);
        }
        return Math.clamp(sum, 0, 1);
    }
}
