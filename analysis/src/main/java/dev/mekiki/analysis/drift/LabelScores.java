package dev.mekiki.analysis.drift;

/**
 * The decisions in which one main label was best.
 *
 * @param known best scores of those that were known
 * @param unknown best scores of those that did not reach their threshold
 * @param sum of all best scores, exact but for rounding
 * @param sumOfSquares of all best scores, likewise
 */
public record LabelScores(Histogram known, Histogram unknown, double sum, double sumOfSquares) {

    private static final double ROUNDING = 1e-6;

    /** @throws IllegalArgumentException if the sums cannot be those of as many cosines */
    public LabelScores {
        double most = (known.total() + unknown.total()) * (1 + ROUNDING);
        if (!(Math.abs(sum) <= most)) {
            throw new IllegalArgumentException("sum: " + sum + " (expected: between -" + most + " and " + most + ")");
        }
        if (!(sumOfSquares >= 0 && sumOfSquares <= most)) {
            throw new IllegalArgumentException("sumOfSquares: " + sumOfSquares + " (expected: 0.." + most + ")");
        }
    }

    public long count() {
        return known.total() + unknown.total();
    }

    /** Mean best score; NaN without decisions. */
    public double mean() {
        return sum / count();
    }

    /** Variance of best scores, with n - 1; 0 for fewer than two. */
    public double variance() {
        long n = count();
        return n < 2 ? 0 : Math.max(0, (sumOfSquares - sum * sum / n) / (n - 1));
    }

    /** Both together. */
    public LabelScores plus(LabelScores other) {
        return new LabelScores(
                known.plus(other.known),
                unknown.plus(other.unknown),
                sum + other.sum,
                sumOfSquares + other.sumOfSquares);
    }
}
