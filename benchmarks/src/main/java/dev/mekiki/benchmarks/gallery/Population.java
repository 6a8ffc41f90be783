package dev.mekiki.benchmarks.gallery;

import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Invented registrations, clustered as embeddings of things are: labels gather around topics, the registrations of a
 * label around its centre. Each vector follows from the seed and its number alone, so that a million of them need no
 * memory. Thread-safe.
 *
 * <p>Two registrations of a label have a cosine of {@value #WITHIN_LABEL} on average, two labels' centres of the same
 * topic one of {@value #WITHIN_TOPIC}, topics of 0; what remains is noise in all directions alike. The more labels there
 * are, the more crowded the {@value #TOPICS} topics become. Five registrations of a label follow each other, as in a
 * folder tree.
 */
final class Population {

    static final int DIMENSION = 256;
    static final int PER_LABEL = 5;
    static final int TOPICS = 2000;
    static final double WITHIN_LABEL = 0.8;
    static final double WITHIN_TOPIC = 0.5;

    /** Tell the streams of random numbers apart. */
    private enum Stream {
        TOPIC,
        LABEL,
        REGISTRATION,
        QUERY,
        STRANGER
    }

    private final long seed;
    private final float[][] topics = new float[TOPICS][];

    Population(long seed) {
        this.seed = seed;
        for (int topic = 0; topic < TOPICS; topic++) {
            topics[topic] = direction(random(Stream.TOPIC, topic));
        }
    }

    long seed() {
        return seed;
    }

    /** The main label of a registration. */
    static String label(long registration) {
        return "label-%07d".formatted(labelNumber(registration));
    }

    static long labels(long registrations) {
        return (registrations + PER_LABEL - 1) / PER_LABEL;
    }

    private static long labelNumber(long registration) {
        return registration / PER_LABEL;
    }

    /** A unit vector. */
    float[] registration(long number) {
        return near(centre(labelNumber(number)), Math.sqrt(WITHIN_LABEL), random(Stream.REGISTRATION, number));
    }

    /**
     * Another picture of something that is registered: as near to its label's centre as the registrations are.
     *
     * @param number of the query
     * @param registrations how many there are
     */
    float[] query(long number, long registrations) {
        RandomGenerator random = random(Stream.QUERY, number);
        long label = random.nextLong(labels(registrations));
        return near(centre(label), Math.sqrt(WITHIN_LABEL), random);
    }

    /** A picture of something that nobody registered, of one of the topics. */
    float[] stranger(long number) {
        RandomGenerator random = random(Stream.STRANGER, number);
        float[] centre = near(topics[random.nextInt(TOPICS)], Math.sqrt(WITHIN_TOPIC), random);
        return near(centre, Math.sqrt(WITHIN_LABEL), random);
    }

    private float[] centre(long label) {
        RandomGenerator random = random(Stream.LABEL, label);
        return near(topics[random.nextInt(TOPICS)], Math.sqrt(WITHIN_TOPIC), random);
    }

    /** A unit vector that has the given cosine with another one. */
    private static float[] near(float[] centre, double cosine, RandomGenerator random) {
        float[] noise = direction(random);
        double along = 0;
        for (int i = 0; i < DIMENSION; i++) {
            along += (double) noise[i] * centre[i];
        }
        double across = Math.sqrt((1 - cosine * cosine) / (1 - along * along));
        double squares = 0;
        for (int i = 0; i < DIMENSION; i++) {
            noise[i] = (float) (cosine * centre[i] + across * (noise[i] - along * centre[i]));
            squares += (double) noise[i] * noise[i];
        }
        return scale(noise, 1 / Math.sqrt(squares));
    }

    private static float[] direction(RandomGenerator random) {
        float[] vector = new float[DIMENSION];
        double squares = 0;
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = (float) random.nextGaussian();
            squares += (double) vector[i] * vector[i];
        }
        return scale(vector, 1 / Math.sqrt(squares));
    }

    private static float[] scale(float[] vector, double factor) {
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] *= (float) factor;
        }
        return vector;
    }

    private RandomGenerator random(Stream stream, long number) {
        // One generator per vector; its own mixing keeps neighbouring seeds apart.
        return new SplittableRandom(new Random(seed * Stream.values().length + stream.ordinal()).nextLong() + number);
    }
}
