package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.statistics.Estimate;
import dev.mekiki.analysis.statistics.McNemar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two models on the same photographs.
 *
 * @param first name
 * @param second name
 * @param differences by conditions: the second model's figure less the first's, with an interval over the same draws of
 *     labels
 * @param onlyFirst photographs that only the first model names rightly, all labels registered
 * @param onlySecond photographs that only the second model does
 * @param probability of so uneven a split of them if the models were equally good, were photographs independent
 *     ({@link McNemar})
 * @param changed those photographs, in their order
 */
public record ModelComparison(
        String first,
        String second,
        Map<String, List<Difference>> differences,
        int onlyFirst,
        int onlySecond,
        double probability,
        List<Changed> changed) {

    /** Of one figure, such as {@code rank-1}. */
    public record Difference(String figure, Estimate estimate) {}

    /**
     * A photograph that one model names rightly and the other wrongly.
     *
     * @param photograph its number in the material
     * @param name file or document
     * @param label what it shows
     * @param first the first model's answer
     * @param second the second model's answer
     */
    public record Changed(int photograph, String name, String conditions, String label, String first, String second) {
        /** Whether the change is for the better. */
        public boolean isGain() {
            return second.equals(label);
        }
    }

    public ModelComparison {
        changed = List.copyOf(changed);
    }

    /** The changed decisions of two models on the same shots. */
    static List<Changed> changed(List<String> names, List<Shot> shots, Identification first, Identification second) {
        int[] nearestFirst = first.nearest();
        int[] nearestSecond = second.nearest();
        List<Changed> changed = new ArrayList<>();
        for (int i = 0; i < shots.size(); i++) {
            if (first.isRight(i) != second.isRight(i)) {
                changed.add(new Changed(
                        i,
                        shots.get(i).name(),
                        shots.get(i).conditions(),
                        names.get(shots.get(i).label()),
                        names.get(nearestFirst[i]),
                        names.get(nearestSecond[i])));
            }
        }
        return changed;
    }
}
