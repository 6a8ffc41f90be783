package dev.mekiki.service.drift;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.mekiki.analysis.drift.DecisionSketch;
import dev.mekiki.analysis.drift.Histogram;
import dev.mekiki.analysis.drift.LabelScores;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Sketches as the API's messages, which the files have as well. */
public final class SketchMessages {

    private SketchMessages() {}

    public static dev.mekiki.v1.DecisionSketch message(DecisionSketch sketch) {
        dev.mekiki.v1.DecisionSketch.Builder message = dev.mekiki.v1.DecisionSketch.newBuilder()
                .setStartTime(Timestamp.newBuilder()
                        .setSeconds(sketch.start().getEpochSecond())
                        .setNanos(sketch.start().getNano()))
                .setSpan(Duration.newBuilder()
                        .setSeconds(sketch.span().getSeconds())
                        .setNanos(sketch.span().getNano()))
                .setNoCandidatesCount(sketch.withoutCandidates())
                .setKnownScores(message(sketch.known()))
                .setUnknownScores(message(sketch.unknown()))
                .setLeads(message(sketch.leads()));
        sketch.labels().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(label -> message.addLabels(dev.mekiki.v1.LabelScores.newBuilder()
                        .setMainLabel(label.getKey())
                        .setKnownScores(message(label.getValue().known()))
                        .setUnknownScores(message(label.getValue().unknown()))
                        .setSum(label.getValue().sum())
                        .setSumOfSquares(label.getValue().sumOfSquares())));
        return message.build();
    }

    private static dev.mekiki.v1.Histogram message(Histogram histogram) {
        dev.mekiki.v1.Histogram.Builder message =
                dev.mekiki.v1.Histogram.newBuilder().setFirstBin(histogram.first());
        for (long count : histogram.counts()) {
            message.addCounts(count);
        }
        return message.build();
    }

    /** @throws IllegalArgumentException if it is none that {@link #message} gives */
    static DecisionSketch sketch(dev.mekiki.v1.DecisionSketch message) {
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
                java.time.Duration.ofSeconds(
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
