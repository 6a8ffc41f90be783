package dev.mekiki.cli.drift;

import dev.mekiki.analysis.drift.DecisionSketch;
import dev.mekiki.analysis.drift.Histogram;
import dev.mekiki.analysis.drift.LabelScores;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Reads the API's sketches. */
public final class SketchMessages {

    private SketchMessages() {}

    /** @throws IllegalArgumentException if a service says what cannot be */
    public static DecisionSketch sketch(dev.mekiki.v1.DecisionSketch message) {
        Map<String, LabelScores> labels = new HashMap<>();
        message.getLabelsList()
                .forEach(label -> labels.put(
                        label.getMainLabel(),
                        new LabelScores(
                                histogram(label.getKnownScores()),
                                histogram(label.getUnknownScores()),
                                label.getSum(),
                                label.getSumOfSquares())));
        return new DecisionSketch(
                Instant.ofEpochSecond(
                        message.getStartTime().getSeconds(),
                        message.getStartTime().getNanos()),
                Duration.ofSeconds(
                        message.getSpan().getSeconds(), message.getSpan().getNanos()),
                message.getNoCandidatesCount(),
                histogram(message.getKnownScores()),
                histogram(message.getUnknownScores()),
                histogram(message.getLeads()),
                labels);
    }

    private static Histogram histogram(dev.mekiki.v1.Histogram message) {
        return Histogram.of(
                message.getFirstBin(),
                message.getCountsList().stream().mapToLong(Long::longValue).toArray());
    }
}
