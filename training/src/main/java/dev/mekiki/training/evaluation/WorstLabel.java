package dev.mekiki.training.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A label that is often taken for another one, all labels registered.
 *
 * @param label its name
 * @param photographs shown of it
 * @param wrong of them nearest to another label
 * @param mistakenFor the label that most of those were nearest to
 * @param mistaken how many those were
 * @param photograph the one that was nearest to a wrong label by the highest score; its number in the material
 */
public record WorstLabel(String label, int photographs, int wrong, String mistakenFor, int mistaken, int photograph) {

    /** The labels with the largest shares of wrong photographs, worst first; none without a wrong one. */
    static List<WorstLabel> of(List<String> names, Identification answers, int most) {
        Map<Integer, List<Integer>> wrong = new TreeMap<>();
        int[] shown = new int[names.size()];
        for (int i = 0; i < answers.photographs(); i++) {
            shown[answers.label(i)]++;
            if (!answers.isRight(i)) {
                wrong.computeIfAbsent(answers.label(i), _ -> new ArrayList<>()).add(i);
            }
        }
        int[] nearest = answers.nearest();
        List<WorstLabel> worst = new ArrayList<>();
        wrong.forEach((label, photographs) -> {
            Map<Integer, Integer> counts = new TreeMap<>();
            photographs.forEach(i -> counts.merge(nearest[i], 1, Integer::sum));
            Map.Entry<Integer, Integer> other =
                    counts.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
            int surest = photographs.stream()
                    .max(Comparator.comparingDouble(answers::nearestScore))
                    .orElseThrow();
            worst.add(new WorstLabel(
                    names.get(label),
                    shown[label],
                    photographs.size(),
                    names.get(other.getKey()),
                    other.getValue(),
                    surest));
        });
        worst.sort(Comparator.comparingDouble((WorstLabel w) -> (double) w.wrong / w.photographs)
                .reversed());
        return List.copyOf(worst.subList(0, Math.min(most, worst.size())));
    }
}
