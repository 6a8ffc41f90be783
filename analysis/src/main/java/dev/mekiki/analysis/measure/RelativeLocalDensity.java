package dev.mekiki.analysis.measure;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Points;

/**
 * Relative local density: whether points lie densest among their own class, at a scale τ. With
 * {@code S_ij = exp(−d_ij/(d̄τ))} for Euclidean distances d of mean d̄, {@code S_ii = 0}, {@code r_i = Σ_j S_ij} and
 * {@code w_ij = N²·S_ij²/(r_i·r_j)} it is the modularity of the classes in the complete graph of weights w. A small τ
 * looks at near neighbours only. Unchanged by scaling and shifting the points.
 *
 * <p>Time and memory grow with the square of the number of points: 4,000 take 32 MB.
 *
 * <p>Source: arXiv 2305.10229.
 */
public final class RelativeLocalDensity {

    /** The scales of the paper. */
    public static final double[] SCALES = {1, .5, .2, .1};

    private RelativeLocalDensity() {}

    /**
     * Measures at several scales.
     *
     * @param points at least 2
     * @param classes of the points
     * @param scales τ, positive
     * @return one figure for each scale, below 1: 0 for one class, 1 − 1/C for C separated ones of equal size, negative
     *     where classes are mixed
     */
    public static double[] of(Points points, Grouping classes, double... scales) {
        int n = points.count();
        if (n < 2 || classes.points() != n) {
            throw new IllegalArgumentException(
                    "points: " + n + ", " + classes.points() + " with a class (expected: at least 2, each with one)");
        }
        float[][] distances = new float[n][];
        double sum = 0;
        for (int i = 0; i < n; i++) {
            distances[i] = new float[i];
            for (int j = 0; j < i; j++) {
                distances[i][j] = (float) points.distance(i, j);
                sum += distances[i][j];
            }
        }
        double mean = sum / (n * (n - 1.0) / 2);
        double[] figures = new double[scales.length];
        for (int s = 0; s < scales.length; s++) {
            if (!(scales[s] > 0)) {
                throw new IllegalArgumentException("scale: " + scales[s] + " (expected: positive)");
            }
            figures[s] = modularity(distances, mean * scales[s], classes);
        }
        return figures;
    }

    private static double modularity(float[][] distances, double unit, Grouping classes) {
        int n = distances.length;
        float[][] similarity = new float[n][];
        double[] reach = new double[n];
        for (int i = 0; i < n; i++) {
            similarity[i] = new float[i];
            for (int j = 0; j < i; j++) {
                // Where all points are one, each is as near as can be.
                double s = unit > 0 ? Math.exp(-distances[i][j] / unit) : 1;
                similarity[i][j] = (float) s;
                reach[i] += s;
                reach[j] += s;
            }
        }
        double[] degree = new double[n];
        double within = 0;
        double total = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double s = similarity[i][j];
                // N² cancels out.
                double weight = s > 0 ? s / reach[i] * (s / reach[j]) : 0;
                degree[i] += weight;
                degree[j] += weight;
                total += 2 * weight;
                within += classes.of(i) == classes.of(j) ? 2 * weight : 0;
            }
        }
        double[] degreeOf = new double[classes.groups()];
        for (int i = 0; i < n; i++) {
            degreeOf[classes.of(i)] += degree[i];
        }
        double expected = 0;
        for (double k : degreeOf) {
            expected += k / total * (k / total);
        }
        return within / total - expected;
    }
}
