package dev.mekiki.training.engine;

/** Checks of settings, with the messages that a run's file is refused with. */
final class Ranges {

    private Ranges() {}

    static void require(String field, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: " + low + ".." + high + ")");
        }
    }
}
