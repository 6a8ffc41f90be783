package dev.mekiki.analysis.measure;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Points;

/**
 * The index {@code [B/(K−1)] / [W/(N−K)]}: how far classes scatter about the mean of all, B, beside how far points
 * scatter about the mean of their class, W. Source: Caliński and Harabasz, Communications in Statistics 3, 1974.
 */
public final class CalinskiHarabasz {

    private CalinskiHarabasz() {}

    /**
     * Measures in one pass over the classes; needs no memory beyond two vectors.
     *
     * @return not negative, large for compact classes far apart; infinite if nothing scatters within classes; NaN with
     *     fewer than two classes or with no more points than classes
     */
    public static double of(Points points, Grouping classes) {
        int n = points.count();
        int k = classes.occupied();
        if (k < 2 || n <= k) {
            return Double.NaN;
        }
        double[] all = new double[points.dimension()];
        double within = 0;
        double betweenAndMean = 0;
        for (int c = 0; c < classes.groups(); c++) {
            int[] members = classes.members(c);
            if (members.length == 0) {
                continue;
            }
            double[] mean = mean(points, members);
            for (int i : members) {
                for (int d = 0; d < mean.length; d++) {
                    double difference = points.at(i, d) - mean[d];
                    within += difference * difference;
                }
            }
            for (int d = 0; d < mean.length; d++) {
                all[d] += members.length * mean[d] / n;
                betweenAndMean += members.length * mean[d] * mean[d];
            }
        }
        double between = betweenAndMean;
        for (double m : all) {
            between -= n * m * m;
        }
        return Math.max(0, between) / (k - 1) / (within / (n - k));
    }

    private static double[] mean(Points points, int[] members) {
        double[] mean = new double[points.dimension()];
        for (int i : members) {
            for (int d = 0; d < mean.length; d++) {
                mean[d] += points.at(i, d);
            }
        }
        for (int d = 0; d < mean.length; d++) {
            mean[d] /= members.length;
        }
        return mean;
    }
}
