package dev.mekiki.training.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a model was found to do.
 *
 * @param model name and version
 * @param sha256 of the ONNX file; of a served model, the digest of its embedding space
 * @param fileBytes size of the file; 0 for a served model
 * @param images registered
 * @param labels that they have
 * @param parts by conditions: {@code mild}, {@code hard}, {@code all} of simulated photographs, {@code real} of taken
 *     ones
 * @param conditions rows by trait, for each sort of conditions with traits
 * @param worst labels that were often taken for others, over all photographs
 */
public record EvaluationReport(
        String model,
        String sha256,
        long fileBytes,
        int images,
        int labels,
        Evaluation.Settings settings,
        Map<String, Part> parts,
        Map<String, List<ConditionRow>> conditions,
        List<WorstLabel> worst) {

    /**
     * Figures under one sort of conditions.
     *
     * @param photographs how many were shown
     * @param photographPairs pairs of two photographs
     * @param registrationPairs pairs of a photograph and a registered image
     * @param openSet photographs against registered images
     * @param photographCurves of the pairs of two photographs
     * @param registrationCurves of the pairs of a photograph and a registered image
     */
    public record Part(
            int photographs,
            Verification photographPairs,
            Verification registrationPairs,
            OpenSet openSet,
            Curves photographCurves,
            Curves registrationCurves) {}

    public EvaluationReport {
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        conditions = Collections.unmodifiableMap(new LinkedHashMap<>(conditions));
        worst = List.copyOf(worst);
    }

    /** The figures under {@code mild}, {@code hard}, {@code real} or {@code all} conditions. */
    public Part part(String conditions) {
        Part part = parts.get(conditions);
        if (part == null) {
            throw new IllegalArgumentException(
                    "conditions: " + conditions + " (expected: one of " + parts.keySet() + ")");
        }
        return part;
    }

    /** The figures as text, for people. */
    public String table() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s (%s…), %d images of %d labels, seed %d%n",
                model,
                sha256.substring(0, Math.min(12, sha256.length())),
                images,
                labels,
                settings.seed()));
        for (Map.Entry<String, Part> e : parts.entrySet()) {
            Part part = e.getValue();
            text.append(String.format(
                    Locale.ROOT,
                    "%n%s: %d photographs, rank-1 %s%n",
                    e.getKey(),
                    part.photographs(),
                    part.openSet().rankOneEstimate()));
            pairs(text, "two photographs", part.photographPairs());
            pairs(text, "photograph and registered image", part.registrationPairs());
            text.append(String.format(
                    Locale.ROOT,
                    "  half of the labels unregistered (%d splits, %.0f impostors each)%n",
                    part.openSet().splits(),
                    part.openSet().impostorsPerSplit()));
            for (OpenSet.Point p : part.openSet().points()) {
                text.append(String.format(
                        Locale.ROOT,
                        "    TPIR@FPIR=%.0e  %s   cosine > %.4f%n",
                        p.limit(),
                        p.estimate(),
                        p.threshold()));
            }
        }
        return text.toString();
    }

    private static void pairs(StringBuilder text, String name, Verification v) {
        text.append(String.format(
                Locale.ROOT, "  %s: %d positive, %d negative pairs%n", name, v.positivePairs(), v.negativePairs()));
        for (Verification.Point p : v.points()) {
            text.append(String.format(
                    Locale.ROOT,
                    "    TPR@FPR=%.0e   %s   score > %.4f, achieved FPR %.2e%n",
                    p.limit(),
                    p.estimate(),
                    p.threshold(),
                    p.achieved()));
        }
    }
}
