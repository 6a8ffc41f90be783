package dev.mekiki.benchmarks;

import java.util.List;

/**
 * What several rounds gave.
 *
 * @param values at least one
 */
record Rates(List<Double> values) {

    Rates {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("values: none (expected: at least one)");
        }
        values = values.stream().sorted().toList();
    }

    double median() {
        return (values.get((values.size() - 1) / 2) + values.get(values.size() / 2)) / 2;
    }

    double least() {
        return values.getFirst();
    }

    double most() {
        return values.getLast();
    }
}
