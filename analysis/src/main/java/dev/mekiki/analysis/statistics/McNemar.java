package dev.mekiki.analysis.statistics;

/**
 * Do two models decide the same photographs differently well? Only photographs count that one gets right and the other
 * wrong; without a difference, either is as likely.
 *
 * <p>The photographs are taken as independent. Several of one class are not, which makes the probability too small;
 * where there are several, believe the {@linkplain ClassBootstrap interval} of the difference.
 *
 * <p>Source: McNemar, Psychometrika 12, 1947, in its exact form: the two-sided binomial test.
 *
 * @param onlyFirst how many only the first model gets right
 * @param onlySecond how many only the second model gets right
 */
public record McNemar(int onlyFirst, int onlySecond) {

    public McNemar {
        if (onlyFirst < 0 || onlySecond < 0) {
            throw new IllegalArgumentException(
                    "onlyFirst, onlySecond: " + onlyFirst + ", " + onlySecond + " (expected: at least 0)");
        }
    }

    /** Probability of a difference at least as large if there is none, in (0, 1]. */
    public double probability() {
        int n = onlyFirst + onlySecond;
        double logTerm = -n * Math.log(2);
        double tail = Math.exp(logTerm);
        for (int k = 1; k <= Math.min(onlyFirst, onlySecond); k++) {
            logTerm += Math.log((double) (n - k + 1) / k);
            tail += Math.exp(logTerm);
        }
        return Math.min(1, 2 * tail);
    }
}
