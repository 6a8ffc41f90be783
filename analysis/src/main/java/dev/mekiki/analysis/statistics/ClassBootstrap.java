package dev.mekiki.analysis.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Intervals by resampling classes: photographs of one class resemble each other, and so do pairs that share a class, so
 * classes are what is drawn with replacement, each with all that belongs to it. The interval is that of percentiles.
 *
 * <p>For pairs this is the vertex bootstrap: a pair of two classes counts as often as the product of how often each was
 * drawn; a class drawn twice is not paired with its own copy, whose photographs are the same.
 *
 * <p>Not for extremes: where hardly a negative may pass, the threshold is one of the highest scores, which a draw can
 * lose but not exceed, so its intervals lie too high.
 *
 * <p>Source: Efron, The Annals of Statistics 7, 1979; for pairs Snijders and Borgatti, Connections 22(2), 1999.
 *
 * @param classes how many there are, at least 1
 * @param replicates how often they are drawn; 0 for no intervals
 * @param seed two statistics of the same classes and seed see the same draws, so their difference is a paired one
 */
public record ClassBootstrap(int classes, int replicates, long seed) {

    private static final double OUTSIDE = 0.05;

    public ClassBootstrap {
        if (classes < 1) {
            throw new IllegalArgumentException("classes: " + classes + " (expected: at least 1)");
        }
        if (replicates != 0 && (replicates < 100 || replicates > 100_000)) {
            throw new IllegalArgumentException("replicates: " + replicates + " (expected: 0 or 100..100000)");
        }
    }

    /** Figures of a sample in which class c is there {@code times[c]} times. NaN where there is nothing to measure. */
    @FunctionalInterface
    public interface Statistic {
        double[] of(int[] times);
    }

    /** Each class once: the sample as it is. */
    public int[] everyClassOnce() {
        int[] times = new int[classes];
        Arrays.fill(times, 1);
        return times;
    }

    /**
     * The statistic's figures with their intervals.
     *
     * @return as many as the statistic has; draws in which a figure is NaN do not count for it
     */
    public List<Estimate> estimate(Statistic statistic) {
        double[] values = statistic.of(everyClassOnce());
        double[][] drawn = replicates(statistic);
        List<Estimate> estimates = new ArrayList<>();
        for (int v = 0; v < values.length; v++) {
            int figure = v;
            estimates.add(percentiles(
                    values[v], Arrays.stream(drawn).mapToDouble(r -> r[figure]).toArray()));
        }
        return estimates;
    }

    /** The statistic's figures of each draw. */
    public double[][] replicates(Statistic statistic) {
        SplittableRandom random = new SplittableRandom(seed);
        double[][] drawn = new double[replicates][];
        for (int r = 0; r < replicates; r++) {
            drawn[r] = statistic.of(draw(random));
        }
        return drawn;
    }

    /** How often each class is in a draw. */
    int[] draw(SplittableRandom random) {
        int[] times = new int[classes];
        for (int c = 0; c < classes; c++) {
            times[random.nextInt(classes)]++;
        }
        return times;
    }

    /**
     * A figure with the interval of its draws.
     *
     * @param drawn its replicates; NaN does not count
     */
    public static Estimate percentiles(double value, double[] drawn) {
        double[] sorted =
                Arrays.stream(drawn).filter(d -> !Double.isNaN(d)).sorted().toArray();
        if (Double.isNaN(value) || sorted.length == 0) {
            return Estimate.withoutInterval(value);
        }
        return new Estimate(
                value, Quantiles.ofSorted(sorted, OUTSIDE / 2), Quantiles.ofSorted(sorted, 1 - OUTSIDE / 2));
    }
}
