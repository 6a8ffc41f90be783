package dev.mekiki.analysis.threshold;

import java.util.Arrays;

/**
 * The upper tail of a distribution of scores beyond a high quantile, from which thresholds for rates are read that are
 * too rare to count.
 *
 * <p>Source: Pickands–Balkema–de Haan; parameters by probability-weighted moments (Hosking and Wallis, Technometrics
 * 29, 1987).
 *
 * @param start u, where the tail begins
 * @param scale σ, positive
 * @param shape ξ; below zero the tail has an end
 * @param share ζ, share of the scores beyond {@code start}
 */
public record GeneralisedParetoTail(double start, double scale, double shape, double share) {

    /** Below this the logarithmic form is used; the general one loses its digits there. */
    private static final double NEARLY_EXPONENTIAL = 1e-9;

    public GeneralisedParetoTail {
        if (!(scale > 0)) {
            throw new IllegalArgumentException("scale: " + scale + " (expected: positive)");
        }
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share: " + share + " (expected: above 0, at most 1)");
        }
    }

    /**
     * Fits the tail of {@code scores}.
     *
     * @param share of the scores taken as the tail, in (0, 1); at least ten scores must fall in it
     */
    public static GeneralisedParetoTail fit(float[] scores, double share) {
        float[] sorted = scores.clone();
        Arrays.sort(sorted);
        return fitSorted(sorted, share);
    }

    /** As {@link #fit}, of scores that ascend. */
    static GeneralisedParetoTail fitSorted(float[] sorted, double share) {
        int count = (int) Math.floor(share * sorted.length);
        if (count < 10) {
            throw new IllegalArgumentException("scores: " + sorted.length + ", " + count + " in the tail of " + share
                    + " (expected: at least 10 in the tail)");
        }
        double start = sorted[sorted.length - 1 - count];
        double mean = 0;
        double weighted = 0;
        for (int i = 0; i < count; i++) {
            double excess = sorted[sorted.length - count + i] - start;
            mean += excess / count;
            weighted += excess * (count - 1 - i) / (count - 1) / count;
        }
        if (!(mean - 2 * weighted > 0)) {
            throw new IllegalArgumentException(
                    "scores: all those in the tail of " + share + " are equal (expected: different ones)");
        }
        double shape = 2 - mean / (mean - 2 * weighted);
        double scale = 2 * mean * weighted / (mean - 2 * weighted);
        return new GeneralisedParetoTail(start, scale, shape, (double) count / sorted.length);
    }

    /** This tail with another shape and the same mean excess, {@code σ/(1 − ξ)}. */
    GeneralisedParetoTail withShape(double other) {
        return new GeneralisedParetoTail(start, scale * (1 - other) / (1 - shape), other, share);
    }

    /**
     * The score that a share {@code rate} of all scores exceeds: {@code u + σ/ξ·[(rate/ζ)^−ξ − 1]}, for ξ→0
     * {@code u − σ·ln(rate/ζ)}.
     *
     * @param rate in (0, share]
     */
    public double threshold(double rate) {
        if (!(rate > 0 && rate <= share)) {
            throw new IllegalArgumentException("rate: " + rate + " (expected: above 0, at most " + share + ")");
        }
        double ratio = rate / share;
        return Math.abs(shape) < NEARLY_EXPONENTIAL
                ? start - scale * Math.log(ratio)
                : start + scale / shape * (Math.pow(ratio, -shape) - 1);
    }

    /**
     * The share of all scores that lie above a score: {@link #threshold} turned round.
     *
     * @param score not below {@code start}
     * @return in [0, share]; 0 beyond the end of the tail
     */
    public double rate(double score) {
        if (!(score >= start)) {
            throw new IllegalArgumentException("score: " + score + " (expected: at least " + start + ")");
        }
        double excess = (score - start) / scale;
        return Math.abs(shape) < NEARLY_EXPONENTIAL
                ? share * Math.exp(-excess)
                : share * Math.pow(Math.max(0, 1 + shape * excess), -1 / shape);
    }
}
