package dev.mekiki.analysis.statistics;

import java.util.Locale;

/**
 * A figure with the interval that it lies in with 95 % confidence.
 *
 * @param value measured; NaN if nothing was there to measure it with
 * @param low lower end of the interval, NaN if there is none
 * @param high upper end
 */
public record Estimate(double value, double low, double high) {

    /** A figure of which nobody knows how sure it is. */
    public static Estimate withoutInterval(double value) {
        return new Estimate(value, Double.NaN, Double.NaN);
    }

    /** This figure without its interval unless {@code sound}. */
    public Estimate withIntervalIf(boolean sound) {
        return sound ? this : withoutInterval(value);
    }

    /** As {@code 0.931 [0.907, 0.951]}; {@code –} if there is no value. */
    @Override
    public String toString() {
        if (Double.isNaN(value)) {
            return "–";
        }
        return Double.isNaN(low)
                ? String.format(Locale.ROOT, "%.3f", value)
                : String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", value, low, high);
    }
}
