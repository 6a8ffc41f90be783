package dev.mekiki.cli.analyse;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mekiki.analysis.AnalysisReport;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.v1.Calibration;
import dev.mekiki.v1.RateInterval;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The thresholds that a report found, as a gallery's policy takes them.
 *
 * @param spaceDigest of the embedding space that they belong to
 * @param falseAcceptRate that they are for
 * @param threshold of labels without one of their own
 * @param labels thresholds of single main labels; those that lie farthest from {@code threshold} if there are more than a
 *     policy takes
 * @param labelsInReport how many of those the report has; 0 with a common threshold
 * @param calibration where they come from
 */
public record ReportedThresholds(
        String spaceDigest,
        double falseAcceptRate,
        double threshold,
        Map<String, Double> labels,
        int labelsInReport,
        Calibration calibration) {

    private static final String EXPECTED = " (expected: a report with thresholds, that analyse wrote with --json)";

    /** Which of a report's thresholds. */
    public enum Kind {
        /** One for all labels. */
        COMMON,
        /** Single ones where labels differ. */
        SINGLE,
        /** Single ones if the report says that they are better, else a common one. */
        BETTER
    }

    /**
     * Reads a report.
     *
     * @param report as {@link AnalysisJson} writes it
     * @throws IOException if the text is no such report, or one of a gallery too small to calibrate
     */
    public static ReportedThresholds read(String report, Kind kind) throws IOException {
        JsonNode tree;
        try {
            tree = new ObjectMapper().readTree(report);
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage() + EXPECTED, e);
        }
        JsonNode thresholds = tree.path("thresholds");
        if (!thresholds.isObject()) {
            throw new IOException("no thresholds; a small gallery has too few strangers to find any" + EXPECTED);
        }
        boolean single = switch (kind) {
            case COMMON -> false;
            case SINGLE -> true;
            case BETTER ->
                AnalysisReport.Thresholds.singleOnesAreBetter(
                        compared(thresholds.path("trueAccepts")), compared(thresholds.path("falseAccepts")));
        };
        JsonNode chosen = thresholds.path(single ? "base" : "common");
        double threshold = number(chosen.path("threshold").path("value"));
        Map<String, Double> labels = new LinkedHashMap<>();
        if (single) {
            thresholds.path("labels").properties().stream()
                    .map(label -> Map.entry(label.getKey(), label.getValue().asDouble()))
                    .sorted(Comparator.comparingDouble(label -> -Math.abs(label.getValue() - threshold)))
                    .limit(DecisionPolicy.MOST_LABEL_THRESHOLDS)
                    .forEach(label -> labels.put(label.getKey(), label.getValue()));
        }
        Calibration.Builder calibration = Calibration.newBuilder()
                .setMethod("analysis by " + text(tree, "codeVersion") + " on " + text(tree, "jvm") + ", seed "
                        + tree.path("seed").asLong() + (single ? ", single thresholds" : ""))
                .setData(text(tree, "gallery") + ", registrations " + text(tree, "registrationsDigest"))
                .setImpostorCount(chosen.path("impostors").asLong());
        JsonNode rate = chosen.path("rate");
        if (rate.path("low").isNumber() && rate.path("high").isNumber()) {
            calibration.setFalseAcceptRateInterval(RateInterval.newBuilder()
                    .setLow(rate.path("low").asDouble())
                    .setHigh(rate.path("high").asDouble()));
        }
        return new ReportedThresholds(
                text(tree, "spaceDigest"),
                number(chosen.path("falseAcceptRate")),
                threshold,
                labels,
                single ? thresholds.path("labels").size() : 0,
                calibration.build());
    }

    private static AnalysisReport.Compared compared(JsonNode node) throws IOException {
        return new AnalysisReport.Compared(number(node.path("common")), number(node.path("single")));
    }

    private static double number(JsonNode node) throws IOException {
        if (!node.isNumber()) {
            throw new IOException("a threshold is missing" + EXPECTED);
        }
        return node.asDouble();
    }

    private static String text(JsonNode tree, String field) throws IOException {
        JsonNode text = tree.path(field);
        if (!text.isTextual()) {
            throw new IOException("no " + field + EXPECTED);
        }
        return text.asText();
    }
}
