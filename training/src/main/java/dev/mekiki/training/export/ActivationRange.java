package dev.mekiki.training.export;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What values of a tensor eight bits stand for: {@code value = scale · (code − zero)}, codes 0..255. Zero itself is
 * always among them, since padding is.
 *
 * @param scale positive
 * @param zero code of zero
 */
record ActivationRange(float scale, int zero) {

    private static final int CODES = 255;

    private static final int BINS = 2048;

    /** The range from {@code low} to {@code high}, widened to hold zero. */
    static ActivationRange of(double low, double high) {
        double from = Math.min(low, 0);
        double to = Math.max(high, 0);
        if (!(to > from)) {
            return new ActivationRange(1, 0);
        }
        double scale = (to - from) / CODES;
        return new ActivationRange((float) scale, (int) Math.clamp(Math.round(-from / scale), 0L, (long) CODES));
    }

    /** Gathers what values tensors have: first their extremes, then how they are spread between them. */
    static final class Gatherer {
        private final Map<String, double[]> extremes = new LinkedHashMap<>();
        private final Map<String, long[]> spread = new LinkedHashMap<>();

        void extremes(String tensor, float[] values) {
            double[] found = extremes.computeIfAbsent(
                    tensor, _ -> new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY});
            for (float value : values) {
                found[0] = Math.min(found[0], value);
                found[1] = Math.max(found[1], value);
            }
        }

        /** For the same tensors, once all extremes are known. */
        void spread(String tensor, float[] values) {
            double[] between = extremes(tensor);
            long[] bins = spread.computeIfAbsent(tensor, _ -> new long[BINS]);
            double perValue = BINS / Math.max(between[1] - between[0], Double.MIN_NORMAL);
            for (float value : values) {
                bins[Math.min(BINS - 1, (int) ((value - between[0]) * perValue))]++;
            }
        }

        /**
         * The range whose codes stand for the values with the least squared error: a wide one rounds all of them more, a
         * narrow one cuts the farthest off.
         *
         * <p>Source: Choukroun et al., ICCV Workshops 2019 (arXiv 1902.06822), minimum MSE quantisation.
         */
        ActivationRange range(String tensor) {
            double[] between = extremes(tensor);
            long[] bins = spread.get(tensor);
            if (bins == null) {
                throw new IllegalStateException(tensor + ": its spread was not gathered");
            }
            double width = (between[1] - between[0]) / BINS;
            Moments all = Moments.of(bins, between[0] + width / 2, width);
            double least = Double.POSITIVE_INFINITY;
            double low = between[0];
            double high = between[1];
            for (int from = 0; from < BINS; from++) {
                double first = Math.min(0, between[0] + from * width);
                double below = all.squaredErrors(0, from, first);
                for (int to = BINS; to > from && below < least; to--) {
                    double last = Math.max(0, between[0] + to * width);
                    double step = (last - first) / CODES;
                    double error = below + all.squaredErrors(to, BINS, last) + all.count(from, to) * step * step / 12;
                    if (error < least) {
                        least = error;
                        low = first;
                        high = last;
                    }
                }
            }
            return of(low, high);
        }

        private double[] extremes(String tensor) {
            double[] between = extremes.get(tensor);
            if (between == null) {
                throw new IllegalStateException(tensor + ": its extremes were not gathered");
            }
            return between;
        }
    }

    /** Number, sum and sum of squares of the values in the first bins, up to each of them. */
    private record Moments(double[] number, double[] sum, double[] squares) {

        static Moments of(long[] bins, double firstCentre, double width) {
            Moments moments =
                    new Moments(new double[bins.length + 1], new double[bins.length + 1], new double[bins.length + 1]);
            for (int i = 0; i < bins.length; i++) {
                double value = firstCentre + i * width;
                moments.number[i + 1] = moments.number[i] + bins[i];
                moments.sum[i + 1] = moments.sum[i] + bins[i] * value;
                moments.squares[i + 1] = moments.squares[i] + bins[i] * value * value;
            }
            return moments;
        }

        double count(int from, int to) {
            return number[to] - number[from];
        }

        /** Of the values in some bins, if all of them became one value. */
        double squaredErrors(int from, int to, double value) {
            return squares[to]
                    - squares[from]
                    - 2 * value * (sum[to] - sum[from])
                    + value * value * (number[to] - number[from]);
        }
    }
}
