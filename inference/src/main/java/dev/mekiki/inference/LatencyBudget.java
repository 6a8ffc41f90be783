package dev.mekiki.inference;

import java.time.Duration;

/**
 * Whether an image can be answered in time.
 *
 * <p>A forecast is multiplied by a margin and compared with 95 % of the budget; the rest is for threads that are ready
 * and get no processor. The margin is learnt: it is the 99.8th percentile of how much longer images took than was
 * forecast, at least 1 and at most 2, so that the 99th is kept with something to spare, and of those who are refused 99
 * of 100 are refused at once even where as many are answered. It is found by stochastic
 * approximation (Robbins and Monro, 1951): each image that took longer than forecast times margin raises it by a little,
 * each that did not lowers it by a 499th of that. Only images whose forecast came near the budget teach, because only
 * there the answer matters, and a pause of some milliseconds says nothing about forecasts of less than that.
 * Thread-safe.
 */
final class LatencyBudget {

    /** Of the margin, for each image that took too long. */
    private static final double STEP = 0.02;

    private static final double QUANTILE = 0.998;
    private static final double MOST = 2;
    private static final double USED = 0.95;

    /** Who comes just too late for a run waits for that one and has its own; as much is left for everything else. */
    private static final int RUNS = 4;

    private final long budget;
    private double margin = 1;

    /** @param budget zero for none: then everything is in time */
    LatencyBudget(Duration budget) {
        this.budget = budget.toNanos();
    }

    boolean isSet() {
        return budget > 0;
    }

    /** How long one run of the model may take, in nanoseconds. */
    long longestRun() {
        return longestRun(Duration.ofNanos(budget)).toNanos();
    }

    /** How long one run of the model may take. */
    static Duration longestRun(Duration budget) {
        return budget.isZero() ? Duration.ofNanos(Long.MAX_VALUE) : budget.dividedBy(RUNS);
    }

    /** What the 99th percentile will be of images with this forecast, in nanoseconds. */
    synchronized double withMargin(double forecastNanos) {
        return forecastNanos * margin / USED;
    }

    /** Whether so many nanoseconds, which are certain, are too long. */
    boolean isMissed(double nanos) {
        return isSet() && nanos / USED > budget;
    }

    /** Whether images with this forecast will take too long. */
    boolean willBeMissed(double forecastNanos) {
        return isSet() && withMargin(forecastNanos) > budget;
    }

    /** An image was forecast to take so long, and took so long; or would have, had it not been given up by then. */
    synchronized void took(double forecastNanos, long nanos) {
        if (!isSet() || forecastNanos * margin < budget / 2.0) {
            return;
        }
        double factor = nanos > forecastNanos * margin ? 1 + STEP * QUANTILE : 1 - STEP * (1 - QUANTILE);
        margin = Math.clamp(margin * factor, 1, MOST);
    }
}
