package dev.mekiki.analysis.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;

/** Two shares, each of its own number of independent trials. */
public final class Proportions {

    private static final double Z = 1.959963984540054;
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    private Proportions() {}

    /**
     * How much the second share is above the first, with its 95 % interval.
     *
     * <p>Source: method 10 of Newcombe, Statistics in Medicine 17, 1998, of two intervals of Wilson, JASA 22, 1927.
     *
     * @param first successes, 0..{@code ofFirst}
     * @param ofFirst trials, at least 1
     * @param second successes, 0..{@code ofSecond}
     * @param ofSecond trials, at least 1
     */
    public static Estimate difference(long first, long ofFirst, long second, long ofSecond) {
        require(first, ofFirst);
        require(second, ofSecond);
        double a = (double) first / ofFirst;
        double b = (double) second / ofSecond;
        Estimate wilsonA = wilson(first, ofFirst);
        Estimate wilsonB = wilson(second, ofSecond);
        return new Estimate(
                b - a,
                b - a - Math.hypot(b - wilsonB.low(), wilsonA.high() - a),
                b - a + Math.hypot(wilsonB.high() - b, a - wilsonA.low()));
    }

    /** A share with the 95 % interval of Wilson. */
    public static Estimate wilson(long successes, long trials) {
        require(successes, trials);
        double p = (double) successes / trials;
        double scale = 1 + Z * Z / trials;
        double centre = (p + Z * Z / (2.0 * trials)) / scale;
        double half = Z * Math.sqrt(p * (1 - p) / trials + Z * Z / (4.0 * trials * trials)) / scale;
        return new Estimate(p, Math.max(0, centre - half), Math.min(1, centre + half));
    }

    /**
     * How likely shares at least as far apart would be if both were the same: the two-sided z-test with the pooled share.
     * Good where at least five of each kind are expected in each of the two.
     *
     * @return in [0, 1]; 1 if all or none succeeded
     */
    public static double pValue(long first, long ofFirst, long second, long ofSecond) {
        require(first, ofFirst);
        require(second, ofSecond);
        double pooled = (double) (first + second) / (ofFirst + ofSecond);
        double variance = pooled * (1 - pooled) * (1.0 / ofFirst + 1.0 / ofSecond);
        if (variance == 0) {
            return 1;
        }
        double z = ((double) second / ofSecond - (double) first / ofFirst) / Math.sqrt(variance);
        return 2 * NORMAL.survivalProbability(Math.abs(z));
    }

    private static void require(long successes, long trials) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException(
                    "successes: " + successes + " of " + trials + " (expected: 0..n of at least 1)");
        }
    }
}
