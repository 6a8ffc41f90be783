package dev.mekiki.analysis.statistics;

import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * The interval of a rate that was seen as a number of independent events. The number need not be whole: of events that
 * hang together it is how many independent ones would leave the rate as uncertain.
 *
 * <p>Source: Garwood, Biometrika 28, 1936; with an effective number Korn and Graubard, Survey Methodology 24, 1998.
 */
public final class CountInterval {

    private static final double OUTSIDE = .05;

    private CountInterval() {}

    /**
     * @param rate not negative
     * @param events positive
     */
    public static Estimate of(double rate, double events) {
        if (!(rate >= 0 && events > 0)) {
            throw new IllegalArgumentException("rate " + rate + " of " + events
                    + " events (expected: a rate that is not negative, of a positive number)");
        }
        double low = ChiSquaredDistribution.of(2 * events).inverseCumulativeProbability(OUTSIDE / 2);
        double high = ChiSquaredDistribution.of(2 * events + 2).inverseCumulativeProbability(1 - OUTSIDE / 2);
        return new Estimate(rate, rate * low / (2 * events), rate * high / (2 * events));
    }
}
