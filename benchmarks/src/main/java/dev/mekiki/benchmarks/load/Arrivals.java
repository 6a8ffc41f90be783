package dev.mekiki.benchmarks.load;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * When requests of many independent callers arrive: a Poisson process, as no caller knows of the others. Not
 * thread-safe.
 */
final class Arrivals {

    private final RandomGenerator random;
    private final double meanNanos;
    private double nanos;

    /**
     * @param rate arrivals per second, more than 0
     * @param seed the same one gives the same arrivals
     */
    Arrivals(double rate, long seed) {
        if (!(rate > 0 && rate < 1e9)) {
            throw new IllegalArgumentException("rate: " + rate + " a second (expected: more than 0, less than 1e9)");
        }
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        this.meanNanos = 1e9 / rate;
    }

    /** Nanoseconds from the beginning to the next arrival; never decreases. */
    long next() {
        nanos += random.nextExponential() * meanNanos;
        return (long) nanos;
    }
}
