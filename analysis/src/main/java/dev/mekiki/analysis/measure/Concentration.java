package dev.mekiki.analysis.measure;

import java.util.List;

/** How closely the vectors of one class lie together. */
public final class Concentration {

    private Concentration() {}

    /**
     * φ = mean distance to the class centre / ln(n + 10): small for a compact class, large for a scattered one, and
     * smaller for the same spread of more samples.
     *
     * <p>Source: arXiv 2312.04029, the formula reconstructed; concentration estimation as in Li et al., Prototypical
     * Contrastive Learning, 2021.
     *
     * @param vectors unit vectors of the class, at least 2
     */
    public static double of(List<float[]> vectors) {
        if (vectors.size() < 2) {
            throw new IllegalArgumentException("vectors: " + vectors.size() + " (expected: at least 2)");
        }
        int dimension = vectors.getFirst().length;
        double[] centre = new double[dimension];
        for (float[] vector : vectors) {
            for (int d = 0; d < dimension; d++) {
                centre[d] += vector[d];
            }
        }
        double length = 0;
        for (double c : centre) {
            length += c * c;
        }
        length = Math.sqrt(length);
        double distances = 0;
        for (float[] vector : vectors) {
            double squares = 0;
            for (int d = 0; d < dimension; d++) {
                // Vectors that cancel each other out have no direction; their centre is the origin.
                double c = length > 0 ? centre[d] / length : 0;
                squares += (vector[d] - c) * (vector[d] - c);
            }
            distances += Math.sqrt(squares);
        }
        return distances / vectors.size() / Math.log(vectors.size() + 10);
    }
}
