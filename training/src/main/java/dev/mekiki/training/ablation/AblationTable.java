package dev.mekiki.training.ablation;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What is known so far: mean and spread over the seeds of each variation.
 *
 * @param images budget of every run
 * @param rows in the order of the plan; variations without a run are left out
 */
record AblationTable(long images, List<Row> rows) {

    /**
     * One variation.
     *
     * @param results one a seed
     */
    record Row(
            String variation, Spread truePositiveRate, Spread openSet, Spread rankOne, List<AblationResult> results) {}

    /**
     * Over the seeds.
     *
     * @param deviation of the sample (n − 1); 0 with one seed
     */
    record Spread(double mean, double deviation) {

        static Spread of(List<AblationResult> results, ToDoubleFunction<AblationResult> figure) {
            double mean = results.stream().mapToDouble(figure).average().orElseThrow();
            double squares = results.stream()
                    .mapToDouble(figure)
                    .map(v -> (v - mean) * (v - mean))
                    .sum();
            return new Spread(mean, results.size() < 2 ? 0 : Math.sqrt(squares / (results.size() - 1)));
        }

        private String inWords(int seeds) {
            return seeds < 2
                    ? String.format(Locale.ROOT, "%.4f", mean)
                    : String.format(Locale.ROOT, "%.4f ± %.4f", mean, deviation);
        }
    }

    static AblationTable of(long images, List<AblationResult> results) {
        Map<String, List<AblationResult>> groups = new LinkedHashMap<>();
        for (AblationResult r : results) {
            groups.computeIfAbsent(r.variation(), v -> new ArrayList<>()).add(r);
        }
        List<Row> rows = new ArrayList<>();
        groups.forEach((name, group) -> rows.add(new Row(
                name,
                Spread.of(group, r -> r.figures().truePositiveRate()),
                Spread.of(group, r -> r.figures().openSet()),
                Spread.of(group, r -> r.figures().rankOne()),
                group)));
        return new AblationTable(images, rows);
    }

    String toMarkdown() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%,d images a run; mean ± deviation over seeds.%n%n"
                        + "| variation | seeds | TPR@FPR=1e-4 | TPIR@FPIR=1 %% | rank-1 |%n|---|---|---|---|---|%n",
                images));
        for (Row row : rows) {
            int seeds = row.results().size();
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %d | %s | %s | %s |%n",
                    row.variation(),
                    seeds,
                    row.truePositiveRate().inWords(seeds),
                    row.openSet().inWords(seeds),
                    row.rankOne().inWords(seeds)));
        }
        return text.toString();
    }

    String toJson() {
        try {
            return JsonMapper.builder()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .build()
                            .writeValueAsString(this)
                    + "\n";
        } catch (JacksonException e) {
            throw new IllegalStateException("a table is plain numbers", e);
        }
    }
}
