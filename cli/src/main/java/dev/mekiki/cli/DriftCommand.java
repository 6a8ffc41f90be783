package dev.mekiki.cli;

import com.google.protobuf.Timestamp;
import dev.mekiki.analysis.drift.DecisionSketch;
import dev.mekiki.cli.drift.DriftJson;
import dev.mekiki.cli.drift.DriftReport;
import dev.mekiki.cli.drift.OtherPolicies;
import dev.mekiki.cli.drift.PointInTime;
import dev.mekiki.cli.drift.SketchMessages;
import dev.mekiki.client.Connection;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.ListDecisionSketchesRequest;
import dev.mekiki.v1.ListDecisionSketchesResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "drift",
        description = {
            "Tells what moved in the decisions of a running service: the unknown rate, best scores, leads, single labels.",
            "With --threshold or --what-if also how many decisions since then other thresholds would change. Decisions are"
                    + " counted by the hour for two days, by the day (UTC) before that; a span belongs to where it starts."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done, whatever moved", "1:not done", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class DriftCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private Replicas replicas;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            required = true,
            description = "Judge decisions from then on: a time like 2026-11-20T00:00Z, or 7d or 12h ago.")
    private String since;

    @Option(
            names = "--before",
            paramLabel = "TIME",
            description = "Compare with decisions from then to --since; left out: twice as long ago as --since.")
    private @Nullable String before;

    @ArgGroup
    private @Nullable Other other;

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything as JSON.")
    private @Nullable Path json;

    /** What else might decide. */
    private static final class Other {

        @Option(
                names = "--threshold",
                paramLabel = "COSINE",
                description = "Decide again with this threshold, and those of single labels that the gallery has.")
        private @Nullable Double threshold;

        @Option(
                names = "--what-if",
                paramLabel = "FILE",
                description = "Decide again with the thresholds of a report that analyse --json wrote, or of a policy:"
                        + " {\"threshold\": 0.8, \"labelThresholds\": {\"passport\": 0.85}}.")
        private @Nullable Path file;
    }

    @Override
    public Integer call() throws IOException {
        String gallery = replicas.galleryName();
        Instant now = Instant.now();
        Instant from = time("--since", since, now);
        Instant start = before == null ? from.minus(Duration.between(from, now)) : time("--before", before, now);
        if (!start.isBefore(from)) {
            throw wrong("--before: " + start + " (expected: before --since, " + from + ")");
        }
        PrintWriter out = spec.commandLine().getOut();
        List<String> names = new ArrayList<>();
        List<DecisionSketch> sketches = new ArrayList<>();
        Map<String, DecisionPolicy> policies = Map.of();
        for (String target : replicas.targets()) {
            try (Connection connection = replicas.connect(target)) {
                if (policies.isEmpty() && other != null) {
                    policies = policies(other, connection, gallery);
                }
                ListDecisionSketchesResponse answer = connection
                        .galleries()
                        .listDecisionSketches(ListDecisionSketchesRequest.newBuilder()
                                .setGallery(gallery)
                                .setStartTime(Timestamp.newBuilder()
                                        .setSeconds(start.getEpochSecond())
                                        .setNanos(start.getNano()))
                                .build());
                if (names.contains(answer.getReplica())) {
                    spec.commandLine()
                            .getErr()
                            .println("mekiki: --target: " + target + " says it is " + answer.getReplica()
                                    + ", as another did; if it is, its decisions count twice");
                }
                names.add(answer.getReplica());
                answer.getDecisionSketchesList().forEach(sketch -> sketches.add(SketchMessages.sketch(sketch)));
            }
        }
        DriftReport report = DriftReport.of(gallery, names, sketches, from, policies);
        out.print(report.inWords());
        out.flush();
        if (json != null) {
            Files.writeString(json, DriftJson.write(report));
        }
        return 0;
    }

    private Map<String, DecisionPolicy> policies(Other asked, Connection connection, String gallery)
            throws IOException {
        dev.mekiki.v1.DecisionPolicy now = connection
                .galleries()
                .getGallery(GetGalleryRequest.newBuilder().setName(gallery).build())
                .getDecisionPolicy();
        DecisionPolicy policy = new DecisionPolicy(
                now.getFalseAcceptRate(), now.getThreshold(), now.getLabelThresholdsMap(), now.getSubLabelMargin());
        if (asked.file != null) {
            return OtherPolicies.read(Files.readString(asked.file), policy);
        }
        double threshold = asked.threshold == null ? policy.threshold() : asked.threshold;
        try {
            return Map.of(
                    "a threshold of " + threshold,
                    new DecisionPolicy(
                            policy.falseAcceptRate(), threshold, policy.labelThresholds(), policy.subLabelMargin()));
        } catch (InvalidInput e) {
            throw wrong("--threshold: " + threshold + " (expected: a cosine, -1..1)");
        }
    }

    private Instant time(String option, String text, Instant now) {
        try {
            return PointInTime.parse(text, now);
        } catch (IllegalArgumentException e) {
            throw wrong(option + ": " + e.getMessage());
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
