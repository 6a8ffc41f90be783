package dev.mekiki.inference.preprocess;

/** Which source pixels make up each output pixel of one axis, and with what weights; the weights of one sum to one. */
final class Taps {

    /** {@code [target]}: the first source pixel that counts. */
    final int[] first;

    /** {@code [target + 1]}: where in {@code weights} those of an output pixel begin. */
    final int[] start;

    final float[] weights;

    private Taps(int[] first, int[] start, float[] weights) {
        this.first = first;
        this.start = start;
        this.weights = weights;
    }

    /** Resamples {@code from..to} of a grid of {@code source} pixels to {@code target} pixels. */
    static Taps of(double from, double to, int source, int target) {
        double step = (to - from) / target;
        return step >= 1 ? area(from, step, source, target) : linear(from, step, source, target);
    }

    private static Taps area(double from, double step, int source, int target) {
        int[] first = new int[target];
        int[] start = new int[target + 1];
        float[] weights = new float[target * ((int) step + 3)];
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
        return new Taps(first, start, weights);
    }

    private static Taps linear(double from, double step, int source, int target) {
        int[] first = new int[target];
        int[] start = new int[target + 1];
        float[] weights = new float[2 * target];
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
        return new Taps(first, start, weights);
    }
}
