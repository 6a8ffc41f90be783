package dev.mekiki.analysis.statistics;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How much the mean of a second sample is above that of a first, of which neither need vary as much as the other.
 *
 * <p>Source: Welch, Biometrika 34, 1947.
 *
 * @param difference with its 95 % interval
 * @param pValue how likely means at least as far apart would be if both were the same, two-sided
 */
public record Means(Estimate difference, double pValue) {

    /**
     * A sample.
     *
     * @param count at least 2
     * @param variance with n - 1, not negative
     */
    public record Sample(long count, double mean, double variance) {

        public Sample {
            if (count < 2) {
                throw new IllegalArgumentException("count: " + count + " (expected: at least 2)");
            }
            if (!(variance >= 0)) {
                throw new IllegalArgumentException("variance: " + variance + " (expected: at least 0)");
            }
        }

        double squaredError() {
            return variance / count;
        }
    }

    /** Compares two samples. Where neither varies, any difference is certain. */
    public static Means compare(Sample first, Sample second) {
        double difference = second.mean - first.mean;
        double squared = first.squaredError() + second.squaredError();
        if (squared == 0) {
            return new Means(new Estimate(difference, difference, difference), difference == 0 ? 1 : 0);
        }
        double degrees = squared
                * squared
                / (first.squaredError() * first.squaredError() / (first.count - 1)
                        + second.squaredError() * second.squaredError() / (second.count - 1));
        TDistribution t = TDistribution.of(degrees);
        double error = Math.sqrt(squared);
        double half = t.inverseSurvivalProbability(.025) * error;
        return new Means(
                new Estimate(difference, difference - half, difference + half),
                2 * t.survivalProbability(Math.abs(difference) / error));
    }
}
