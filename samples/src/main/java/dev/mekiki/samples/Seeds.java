package dev.mekiki.samples;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** Independent random streams from one seed, so that a decision in one stream never shifts another. */
final class Seeds {
    private static final RandomGeneratorFactory<RandomGenerator> FACTORY =
            RandomGeneratorFactory.of("L64X128MixRandom");

    private Seeds() {}

    static RandomGenerator random(long seed, int stream) {
        return FACTORY.create(mix(seed, stream));
    }

    /** Spreads seed and stream over 64 bits (the finaliser of SplitMix64, Steele et al., OOPSLA 2014). */
    static long mix(long seed, long stream) {
        long z = seed + 0x9e3779b97f4a7c15L * (stream + 1);
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
