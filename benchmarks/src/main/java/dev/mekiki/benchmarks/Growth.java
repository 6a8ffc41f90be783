package dev.mekiki.benchmarks;

import java.util.List;

/** How much something grew, by samples of it over time. */
final class Growth {

    private Growth() {}

    /**
     * The median of the last third less the median of the first third, so that neither a single sample nor a swing in
     * between counts.
     *
     * @param samples at equal distances, at least 3
     */
    static double of(List<Long> samples) {
        if (samples.size() < 3) {
            throw new IllegalArgumentException("samples: " + samples.size() + " (expected: at least 3)");
        }
        int third = samples.size() / 3;
        return median(samples.subList(samples.size() - third, samples.size())) - median(samples.subList(0, third));
    }

    private static double median(List<Long> samples) {
        return new Rates(samples.stream().map(Long::doubleValue).toList()).median();
    }
}
