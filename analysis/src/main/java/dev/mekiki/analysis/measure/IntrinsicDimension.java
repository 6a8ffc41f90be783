package dev.mekiki.analysis.measure;

import dev.mekiki.analysis.graph.Neighbours;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * In how many dimensions the points really spread, from how much farther each one's second neighbour is than its first:
 * where density hardly changes over so short a way, {@code P(d₁/d₂ < r) = r^dimension}, whatever the density.
 *
 * <p>Source: Facco and others, Scientific Reports 7, 2017; here by maximum likelihood, with the largest tenth of the
 * ratios, where density does change, taken as censored.
 *
 * @param dimension positive
 */
public record IntrinsicDimension(double dimension) {

    private static final double CENSORED = .1;
    private static final int LEAST_POINTS = 10;

    public IntrinsicDimension {
        if (!(dimension > 0)) {
            throw new IllegalArgumentException("dimension: " + dimension + " (expected: positive)");
        }
    }

    /**
     * Estimates it; points that coincide with their neighbour are left out.
     *
     * @param neighbours two or more of each point, by cosine
     * @throws IllegalArgumentException if fewer than ten points have two neighbours apart from them
     */
    public static IntrinsicDimension of(Neighbours neighbours) {
        double[] logs = measurable(neighbours)
                .mapToDouble(i -> Math.log(neighbours.distance(i, 1) / neighbours.distance(i, 0)))
                .sorted()
                .toArray();
        if (logs.length < LEAST_POINTS) {
            throw new IllegalArgumentException("points: " + logs.length + " (expected: at least " + LEAST_POINTS + ")");
        }
        int kept = (int) Math.ceil(logs.length * (1 - CENSORED));
        double sum = Arrays.stream(logs, 0, kept).sum() + (logs.length - kept) * logs[kept - 1];
        return new IntrinsicDimension(kept / Math.max(sum, Double.MIN_NORMAL));
    }

    /** Whether there are points enough. */
    public static boolean isMeasurable(Neighbours neighbours) {
        return measurable(neighbours).limit(LEAST_POINTS).count() == LEAST_POINTS;
    }

    private static IntStream measurable(Neighbours neighbours) {
        return IntStream.range(0, neighbours.points())
                .filter(i -> neighbours.count(i) >= 2 && neighbours.distance(i, 0) > 0);
    }

    /**
     * How likely a point's first neighbour is at least so much nearer than its second.
     *
     * @param ratio of the distances, in [0, 1]
     */
    public double chance(double ratio) {
        return Math.pow(ratio, dimension);
    }
}
