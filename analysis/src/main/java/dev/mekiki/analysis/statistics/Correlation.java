package dev.mekiki.analysis.statistics;

import java.util.Arrays;
import java.util.stream.IntStream;

/** How two figures of the same things go together. */
public final class Correlation {

    private Correlation() {}

    /**
     * Pearson's coefficient: how near to a line.
     *
     * @param times how often each pair counts
     * @return in [-1, 1]; NaN if one of the two does not vary
     */
    public static double pearson(double[] x, double[] y, int[] times) {
        double n = 0;
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < x.length; i++) {
            n += times[i];
            meanX += times[i] * x[i];
            meanY += times[i] * y[i];
        }
        meanX /= n;
        meanY /= n;
        double xx = 0;
        double yy = 0;
        double xy = 0;
        for (int i = 0; i < x.length; i++) {
            xx += times[i] * (x[i] - meanX) * (x[i] - meanX);
            yy += times[i] * (y[i] - meanY) * (y[i] - meanY);
            xy += times[i] * (x[i] - meanX) * (y[i] - meanY);
        }
        return xx > 0 && yy > 0 ? Math.clamp(xy / Math.sqrt(xx * yy), -1, 1) : Double.NaN;
    }

    /**
     * Spearman's coefficient: how near to the same order; Pearson's of the ranks, equal values sharing their mean rank.
     *
     * @param times how often each pair counts
     * @return in [-1, 1]; NaN if one of the two does not vary
     */
    public static double spearman(double[] x, double[] y, int[] times) {
        return pearson(ranks(x, times), ranks(y, times), times);
    }

    /** Ranks from 1 of a sample in which value i is there {@code times[i]} times. */
    static double[] ranks(double[] values, int[] times) {
        int[] order = IntStream.range(0, values.length)
                .boxed()
                .sorted((a, b) -> Double.compare(values[a], values[b]))
                .mapToInt(i -> i)
                .toArray();
        double[] ranks = new double[values.length];
        long before = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            long equal = 0;
            while (to < order.length && values[order[to]] == values[order[from]]) {
                equal += times[order[to++]];
            }
            double rank = before + (equal + 1) / 2.0;
            for (int i : Arrays.copyOfRange(order, from, to)) {
                ranks[i] = rank;
            }
            before += equal;
            from = to;
        }
        return ranks;
    }
}
