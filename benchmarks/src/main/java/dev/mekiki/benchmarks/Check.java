package dev.mekiki.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * Something that has to hold.
 *
 * @param name what
 * @param found what was measured, with its unit
 * @param expected what it has to be
 * @param holds whether it is
 */
record Check(String name, String found, String expected, boolean holds) {

    /** One that holds while {@code value} is at most {@code most}. */
    static Check atMost(String name, double value, double most, String unit) {
        return new Check(name, text(value, unit), "at most " + text(most, unit), value <= most);
    }

    /** One that holds while {@code value} is at least {@code least}. */
    static Check atLeast(String name, double value, double least, String unit) {
        return new Check(name, text(value, unit), "at least " + text(least, unit), value >= least);
    }

    /** A line for each, with a newline at the end. */
    static String table(List<Check> checks) {
        StringBuilder out = new StringBuilder();
        for (Check check : checks) {
            out.append(String.format(
                    Locale.ROOT,
                    "%-4s  %-44s %16s  (%s)%n",
                    check.holds() ? "pass" : "FAIL",
                    check.name(),
                    check.found(),
                    check.expected()));
        }
        return out.toString();
    }

    private static String text(double value, String unit) {
        String number = Math.abs(value) >= 100 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
        return unit.isEmpty() ? number : number + " " + unit;
    }
}
