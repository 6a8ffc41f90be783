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

    /** Share of the values that may lie outside on either side. */
    private static final double OUTSIDE = 5e-5;

    private static final int BINS = 2048;

    /** The range from {@code low} to {@code high}, widened to hold zero. */
    static ActivationRange of(double low, double high) {
        double from = Math.min(low, 0);
        double to = Math.max(high, 0);
        if (!(to > from)) {
            return new ActivationRange(1, 0);
        }
        double scale = (to - from) / 255;
        return new ActivationRange((float) scale, (int) Math.clamp(Math.round(-from / scale), 0L, 255L));
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

        /** The range that leaves out one value in 20,000 on either side. */
        ActivationRange range(String tensor) {
            double[] between = extremes(tensor);
            long[] bins = spread.get(tensor);
            if (bins == null) {
                throw new IllegalStateException(tensor + ": its spread was not gathered");
            }
            long all = 0;
            for (long bin : bins) {
                all += bin;
            }
            double width = (between[1] - between[0]) / BINS;
            int low = 0;
            for (long left = bins[0]; left <= OUTSIDE * all && low < BINS - 1; left += bins[low]) {
                low++;
            }
            int high = BINS;
            for (long left = bins[BINS - 1]; left <= OUTSIDE * all && high > low + 1; left += bins[high - 1]) {
                high--;
            }
            return of(between[0] + low * width, between[0] + high * width);
        }

        private double[] extremes(String tensor) {
            double[] between = extremes.get(tensor);
            if (between == null) {
                throw new IllegalStateException(tensor + ": its extremes were not gathered");
            }
            return between;
        }
    }
}
