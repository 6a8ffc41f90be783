package dev.mekiki.training.evaluation;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Locale;
import java.util.Map;

/**
 * What a model was found to do.
 *
 * @param model name and version
 * @param sha256 of the ONNX file
 * @param images flat images registered
 * @param labels that they have
 * @param parts by conditions: {@code mild}, {@code hard}, {@code all}
 */
public record EvaluationReport(
        String model, String sha256, int images, int labels, Evaluation.Settings settings, Map<String, Part> parts) {

    /**
     * Figures under one sort of conditions.
     *
     * @param photographs how many were taken
     * @param photographPairs pairs of two photographs
     * @param registrationPairs pairs of a photograph and a flat image
     * @param openSet photographs against registered flat images
     */
    public record Part(
            int photographs, Verification photographPairs, Verification registrationPairs, OpenSet openSet) {}

    /** The figures under {@code mild}, {@code hard} or {@code all} conditions. */
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
                "%s (sha256 %s…), %d images of %d labels, %d photographs each, %d pixels, seed %d%n",
                model,
                sha256.substring(0, 12),
                images,
                labels,
                settings.photographsPerImage(),
                settings.longestSide(),
                settings.seed()));
        for (Map.Entry<String, Part> e : parts.entrySet()) {
            Part part = e.getValue();
            text.append(String.format(
                    Locale.ROOT,
                    "%n%s: %d photographs, rank-1 %.4f%n",
                    e.getKey(),
                    part.photographs(),
                    part.openSet().rankOne()));
            pairs(text, "two photographs", part.photographPairs());
            pairs(text, "photograph and flat image", part.registrationPairs());
            text.append(String.format(
                    Locale.ROOT,
                    "  half of the labels unregistered (%d splits, %.0f impostors each)%n",
                    part.openSet().splits(),
                    part.openSet().impostorsPerSplit()));
            for (OpenSet.Point p : part.openSet().points()) {
                text.append(String.format(
                        Locale.ROOT,
                        "    TPIR@FPIR=%.0e  %.4f   cosine > %.4f%n",
                        p.limit(),
                        p.truePositiveRate(),
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
                    "    TPR@FPR=%.0e   %.4f   score > %.4f, achieved FPR %.2e%n",
                    p.limit(),
                    p.truePositiveRate(),
                    p.threshold(),
                    p.achieved()));
        }
    }

    /** The report as indented JSON. */
    public String toJson() {
        try {
            return JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsString(this);
        } catch (JacksonException e) {
            throw new IllegalStateException("a report is plain numbers", e);
        }
    }
}
