package dev.mekiki.training.engine;

import java.util.Arrays;

/**
 * How much the margin of each class leans to more or less, from how compact the class is (Source: arXiv 2312.04029 by
 * METHODS §2 [R]).
 */
final class ClusterMargins {
    private static final double LOW = 0.10;
    private static final double HIGH = 0.90;

    private ClusterMargins() {}

    /**
     * Concentration of each class: {@code φ_c = mean distance to the centre / ln(n_c + 10)}, small for compact ones.
     * Classes of one sample take the largest φ; all are clipped to the 10th to 90th percentile.
     *
     * @param distances summed L2 distance of a class's unit embeddings to its centre
     * @param counts how many were summed
     * @return NaN for classes without a sample
     */
    static double[] concentrations(float[] distances, float[] counts) {
        double[] phi = new double[distances.length];
        double largest = Double.NEGATIVE_INFINITY;
        int seen = 0;
        for (int c = 0; c < phi.length; c++) {
            phi[c] = counts[c] > 0 ? distances[c] / counts[c] / Math.log(counts[c] + 10) : Double.NaN;
            seen += counts[c] > 0 ? 1 : 0;
            largest = counts[c] > 1 ? Math.max(largest, phi[c]) : largest;
        }
        if (seen == 0) {
            return phi;
        }
        double[] sorted = new double[seen];
        int n = 0;
        for (int c = 0; c < phi.length; c++) {
            if (counts[c] == 1 && largest > Double.NEGATIVE_INFINITY) {
                phi[c] = largest;
            }
            if (counts[c] > 0) {
                sorted[n++] = phi[c];
            }
        }
        Arrays.sort(sorted);
        double low = quantile(sorted, LOW);
        double high = quantile(sorted, HIGH);
        for (int c = 0; c < phi.length; c++) {
            // NaN stays NaN.
            phi[c] = Math.min(high, Math.max(low, phi[c]));
        }
        return phi;
    }

    /** Linear between the two nearest ranks. */
    private static double quantile(double[] sorted, double q) {
        double at = q * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /**
     * {@code clip((mean φ − φ_c) / std φ, −1, 1)} with the population's deviation: positive for compact classes.
     *
     * @param concentrations φ, NaN for classes that nothing is known of, which get 0
     */
    static float[] leans(double[] concentrations) {
        double mean = Arrays.stream(concentrations)
                .filter(p -> !Double.isNaN(p))
                .average()
                .orElse(0);
        double variance = Arrays.stream(concentrations)
                .filter(p -> !Double.isNaN(p))
                .map(p -> (p - mean) * (p - mean))
                .average()
                .orElse(0);
        float[] leans = new float[concentrations.length];
        if (variance > 0) {
            double deviation = Math.sqrt(variance);
            for (int c = 0; c < leans.length; c++) {
                double lean = (mean - concentrations[c]) / deviation;
                leans[c] = Double.isNaN(lean) ? 0 : (float) Math.clamp(lean, -1, 1);
            }
        }
        return leans;
    }
}
