package dev.mekiki.cli.drift;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mekiki.analysis.drift.DecisionSketch;
import dev.mekiki.analysis.drift.Drift;
import dev.mekiki.analysis.drift.LabelShift;
import dev.mekiki.analysis.drift.Shift;
import dev.mekiki.analysis.drift.WhatIf;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.Optional;

/** A {@link DriftReport} as JSON, by the names of its components; {@code moved} has the sentences. */
public final class DriftJson {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private DriftJson() {}

    public static String write(DriftReport report) {
        ObjectNode root = JSON.createObjectNode().put("gallery", report.gallery());
        report.replicas().forEach(root.putArray("replicas")::add);
        extent(root, "before", report.before());
        extent(root, "since", report.since());
        report.drift().ifPresent(drift -> drift(root, drift));
        ArrayNode whatIf = root.putArray("whatIf");
        report.whatIf().forEach((policy, changes) -> {
            ObjectNode node = whatIf.addObject()
                    .put("policy", policy)
                    .put("decisions", changes.decisions())
                    .put("known", changes.known());
            range(node, "toUnknown", changes.toUnknown());
            range(node, "toKnown", changes.toKnown());
        });
        try {
            return JSON.writeValueAsString(root);
        } catch (JacksonException e) {
            throw new IllegalStateException("a report is plain numbers", e);
        }
    }

    private static void extent(ObjectNode root, String name, Optional<DecisionSketch> sketch) {
        ObjectNode node = root.putObject(name);
        node.put("decisions", sketch.map(DecisionSketch::decisions).orElse(0L));
        sketch.ifPresent(all -> node.put("start", all.start().toString())
                .put("end", all.end().toString())
                .put("unknown", all.unknowns())
                .put("withoutCandidates", all.withoutCandidates())
                .put("pooled", all.pooled()));
    }

    private static void drift(ObjectNode root, Drift drift) {
        drift.verdict().forEach(root.putArray("moved")::add);
        estimate(root, "unknownRate", drift.unknownRate()).put("pValue", drift.unknownValue());
        drift.scores().ifPresent(shift -> shift(root, "scores", shift));
        drift.leads().ifPresent(shift -> shift(root, "leads", shift));
        ArrayNode labels = root.putArray("labels");
        for (LabelShift label : drift.labels()) {
            ObjectNode node = labels.addObject()
                    .put("label", label.label())
                    .put("before", label.before().count())
                    .put("since", label.since().count());
            estimate(node, "share", label.share())
                    .put("pValue", label.shareValue())
                    .put("moved", label.shareMoved());
            label.mean()
                    .ifPresent(mean -> estimate(node, "mean", mean.difference())
                            .put("pValue", mean.pValue())
                            .put("moved", label.meanMoved()));
        }
    }

    private static void shift(ObjectNode root, String name, Shift shift) {
        root.putObject(name)
                .put("stabilityIndex", shift.stabilityIndex())
                .put("byChance", shift.byChance())
                .put("distance", shift.distance())
                .put("pValue", shift.pValue())
                .put("medianBefore", shift.medianBefore())
                .put("medianSince", shift.medianSince())
                .put("moved", shift.moved());
    }

    private static ObjectNode estimate(ObjectNode root, String name, Estimate estimate) {
        return root.putObject(name)
                .put("value", estimate.value())
                .put("low", estimate.low())
                .put("high", estimate.high());
    }

    private static void range(ObjectNode node, String name, WhatIf.Range range) {
        node.putObject(name).put("low", range.low()).put("high", range.high());
    }
}
