package dev.mekiki.inference.preprocess;

/**
 * Which source pixels make up each output pixel of one axis, and with what weights; the weights of one sum to one. For
 * one thread; kept for the next image.
 */
final class Taps {

    /** {@code [target]}: the first source pixel that counts. */
    final int[] first;

    /** {@code [target + 1]}: where in {@code weights} those of an output pixel begin. */
    final int[] start;

    /** At least {@code start[target]} of them. */
    float[] weights = {};

    private final int target;

    /** @param target pixels that the axis is resampled to */
    Taps(int target) {
        this.target = target;
        first = new int[target];
        start = new int[target + 1];
    }

    /** Resamples {@code from..to} of a grid of {@code source} pixels. */
    void set(double from, double to, int source) {
        double step = (to - from) / target;
        int most = step >= 1 ? target * ((int) step + 3) : 2 * target;
        if (weights.length < most) {
            weights = new float[most];
        }
        if (step >= 1) {
            area(from, step, source);
        } else {
            linear(from, step, source);
        }
    }

    private void area(double from, double step, int source) {
        int n = 0;
        for (int i = 0; i < target; i++) {
            double low = from + i * step;
            double high = from + (i + 1) * step;
            int begin = Math.min((int) low, source - 1);
            int end = Math.clamp((int) Math.ceil(high), begin + 1, source);
            first[i] = begin;
            for (int p = begin; p < end; p++) {
                double covered = Math.min(high, p + 1) - Math.max(low, p);
                weights[n++] = (float) (covered / step);
            }
            start[i + 1] = n;
        }
    }

    private void linear(double from, double step, int source) {
        int n = 0;
        for (int i = 0; i < target; i++) {
            double centre = Math.clamp(from + (i + 0.5) * step - 0.5, 0, source - 1);
            int left = (int) centre;
            double ahead = centre - left;
            first[i] = left;
            weights[n++] = (float) (1 - ahead);
            if (left + 1 < source) {
                weights[n++] = (float) ahead;
            }
            start[i + 1] = n;
        }
    }
}
