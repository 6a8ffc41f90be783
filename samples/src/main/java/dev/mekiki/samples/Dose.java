package dev.mekiki.samples;

/**
 * How often and how strongly an effect is applied.
 *
 * @param chance 0..1 that a photograph has the effect
 * @param low smallest dose, in the unit of the effect
 * @param high largest dose, not less than {@code low}; doses are drawn evenly in between
 */
public record Dose(double chance, double low, double high) {

    public Dose {
        if (!(chance >= 0 && chance <= 1)) {
            throw new IllegalArgumentException("chance: " + chance + " (expected: 0..1)");
        }
        if (!(low >= 0 && low <= high && high < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "low, high: " + low + ", " + high + " (expected: 0 <= low <= high, finite)");
        }
    }

    /** Every photograph has the effect, in exactly this dose. */
    public static Dose always(double dose) {
        return new Dose(1, dose, dose);
    }
}
