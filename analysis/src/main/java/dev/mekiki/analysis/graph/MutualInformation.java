package dev.mekiki.analysis.graph;

import dev.mekiki.analysis.space.Grouping;
import java.util.HashMap;
import java.util.Map;

/** How alike two divisions of the same points are. */
public final class MutualInformation {

    private MutualInformation() {}

    /**
     * Normalised mutual information {@code 2·I(a; b)/(H(a) + H(b))}. Source: Danon and others, Journal of Statistical
     * Mechanics, P09008, 2005.
     *
     * @return in [0, 1]; 1 for the same division, whatever its numbers, and for two that have one group each
     */
    public static double normalised(Grouping a, Grouping b) {
        int n = a.points();
        if (n != b.points() || n == 0) {
            throw new IllegalArgumentException(
                    "points: " + n + " and " + b.points() + " (expected: the same number, at least 1)");
        }
        Map<Long, Integer> both = new HashMap<>();
        for (int i = 0; i < n; i++) {
            both.merge((long) a.of(i) << 32 | b.of(i), 1, Integer::sum);
        }
        double entropies = entropy(a) + entropy(b);
        if (entropies == 0) {
            return 1;
        }
        double information = 0;
        for (Map.Entry<Long, Integer> cell : both.entrySet()) {
            double ofA = a.size((int) (cell.getKey() >> 32));
            double ofB = b.size(cell.getKey().intValue());
            double count = cell.getValue();
            information += count / n * Math.log(count / ofA * (n / ofB));
        }
        return Math.clamp(2 * information / entropies, 0, 1);
    }

    private static double entropy(Grouping groups) {
        double entropy = 0;
        for (int g = 0; g < groups.groups(); g++) {
            double share = (double) groups.size(g) / groups.points();
            entropy -= share > 0 ? share * Math.log(share) : 0;
        }
        return entropy;
    }
}
