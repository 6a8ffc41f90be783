package dev.mekiki.inference.preprocess;

import java.util.Arrays;

/**
 * Which source pixels make up each output pixel of one axis, and with what weights; the weights of one sum to one. For
 * one thread; kept for the next image.
 */
final class Taps {

    /** Taps come in groups of so many. */
    static final int GROUP = 3;

    /** {@code [target]}: the first source pixel that counts. */
    final int[] first;

    /** Of each output pixel, whole groups; the last ones may have weight zero and lie beyond the source. */
    int count;

    /** {@code [target, count]}, and what is left of larger ones. */
    float[] weights = {};

    private final int target;

    /** @param target pixels that the axis is resampled to */
    Taps(int target) {
        this.target = target;
        first = new int[target];
    }

    /** Resamples {@code from..to} of a grid of {@code source} pixels. */
    void set(double from, double to, int source) {
        double step = (to - from) / target;
        if (step >= 1) {
            area(from, step, source);
        } else {
            linear(from, step, source);
        }
    }

    private void area(double from, double step, int source) {
        clear((int) Math.ceil(step) + 1);
        for (int i = 0; i < target; i++) {
            double low = from + i * step;
            double high = from + (i + 1) * step;
            int begin = Math.min((int) low, source - 1);
            // By rounding, a stretch may seem to touch one pixel more.
            int end = Math.min(Math.clamp((int) Math.ceil(high), begin + 1, source), begin + count);
            first[i] = begin;
            for (int p = begin; p < end; p++) {
                double covered = Math.min(high, p + 1) - Math.max(low, p);
                weights[i * count + p - begin] = (float) (covered / step);
            }
        }
    }

    private void linear(double from, double step, int source) {
        clear(2);
        for (int i = 0; i < target; i++) {
            double centre = Math.clamp(from + (i + 0.5) * step - 0.5, 0, source - 1);
            int left = (int) centre;
            double ahead = centre - left;
            first[i] = left;
            weights[i * count] = (float) (1 - ahead);
            if (left + 1 < source) {
                weights[i * count + 1] = (float) ahead;
            }
        }
    }

    private void clear(int most) {
        count = Math.ceilDiv(most, GROUP) * GROUP;
        if (weights.length < target * count) {
            weights = new float[target * count];
        } else {
            Arrays.fill(weights, 0, target * count, 0);
        }
    }
}
