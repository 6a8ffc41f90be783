package dev.mekiki.analysis.finding;

import java.util.Arrays;

/**
 * How likely each of many cases has this or that fault or none, given how much its evidence speaks for each, and how many
 * of all seem to have it: those shares are chosen to make the evidence most likely (expectation maximisation).
 *
 * <p>Source: Dempster, Laird and Rubin, Journal of the Royal Statistical Society B 39, 1977.
 */
final class Posterior {

    private static final int ITERATIONS = 500;

    /** Never quite none: the next evidence counts for something. */
    private static final double LEAST_SHARE = 1e-9;

    private Posterior() {}

    /** As the other, of one kind of fault. */
    static double[] of(double[] logRatios) {
        return of(new double[][] {logRatios})[0];
    }

    /**
     * @param logRatios {@code [faults][cases]}, log-likelihood ratio of fault to no fault
     * @return {@code [faults][cases]}, probabilities in [0, 1], together at most 1 in each case
     */
    static double[][] of(double[][] logRatios) {
        int faults = logRatios.length;
        int cases = logRatios[0].length;
        double[][] posterior = new double[faults][cases];
        double[] logShares = new double[faults + 1];
        Arrays.fill(logShares, -Math.log(faults + 1));
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[] sums = new double[faults];
            for (int i = 0; i < cases; i++) {
                double highest = logShares[faults];
                for (int f = 0; f < faults; f++) {
                    highest = Math.max(highest, logShares[f] + logRatios[f][i]);
                }
                double total = Math.exp(logShares[faults] - highest);
                for (int f = 0; f < faults; f++) {
                    posterior[f][i] = Math.exp(logShares[f] + logRatios[f][i] - highest);
                    total += posterior[f][i];
                }
                for (int f = 0; f < faults; f++) {
                    posterior[f][i] /= total;
                    sums[f] += posterior[f][i];
                }
            }
            if (!moved(logShares, sums, cases)) {
                break;
            }
        }
        return posterior;
    }

    private static boolean moved(double[] logShares, double[] sums, int cases) {
        boolean moved = false;
        double none = 1;
        for (int f = 0; f < sums.length; f++) {
            double share = Math.max(LEAST_SHARE, sums[f] / cases);
            moved |= Math.abs(share - Math.exp(logShares[f])) > 1e-9;
            logShares[f] = Math.log(share);
            none -= share;
        }
        logShares[sums.length] = Math.log(Math.max(LEAST_SHARE, none));
        return moved;
    }
}
