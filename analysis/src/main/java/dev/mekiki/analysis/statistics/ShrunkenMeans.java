package dev.mekiki.analysis.statistics;

import dev.mekiki.analysis.space.Grouping;
import java.util.Arrays;

/**
 * How far each group's mean lies from that of all, as far as its values bear out: a group of few values, or one among
 * groups that hardly differ, is drawn towards zero. The best linear prediction of a random effect, its variances by
 * analysis of variance.
 *
 * <p>Source: Searle, Casella and McCulloch, Variance Components, 1992; Efron and Morris, Journal of the American
 * Statistical Association 70, 1975.
 */
public final class ShrunkenMeans {

    private ShrunkenMeans() {}

    /**
     * @param values at least one
     * @param groups of the values
     * @return for each group {@code b·(its mean − mean of all)}, {@code b = n/(n + within/between)}; 0 for an empty one
     */
    public static double[] shifts(double[] values, Grouping groups) {
        int n = values.length;
        int k = groups.occupied();
        double grand = Arrays.stream(values).average().orElseThrow();
        double[] means = new double[groups.groups()];
        double within = 0;
        double between = 0;
        double squares = 0;
        for (int g = 0; g < means.length; g++) {
            int[] members = groups.members(g);
            for (int i : members) {
                means[g] += values[i] / members.length;
            }
            for (int i : members) {
                within += (values[i] - means[g]) * (values[i] - means[g]);
            }
            between += members.length * (means[g] - grand) * (means[g] - grand);
            squares += (double) members.length * members.length / n;
        }
        double[] shifts = new double[means.length];
        if (k < 2 || n <= k) {
            return shifts;
        }
        double withinVariance = within / (n - k);
        double betweenVariance = (between / (k - 1) - withinVariance) / ((n - squares) / (k - 1));
        if (betweenVariance <= 0) {
            return shifts;
        }
        for (int g = 0; g < means.length; g++) {
            int size = groups.size(g);
            shifts[g] = size == 0 ? 0 : size / (size + withinVariance / betweenVariance) * (means[g] - grand);
        }
        return shifts;
    }
}
