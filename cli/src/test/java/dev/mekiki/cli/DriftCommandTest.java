package dev.mekiki.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.mekiki.v1.DecisionPolicy;
import dev.mekiki.v1.DecisionSketch;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.Histogram;
import dev.mekiki.v1.LabelScores;
import dev.mekiki.v1.ListDecisionSketchesRequest;
import dev.mekiki.v1.ListDecisionSketchesResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(120)
class DriftCommandTest {

    private static final long DAY = 86_400;

    private final long now = Instant.now().getEpochSecond();
    private final List<Server> servers = new ArrayList<>();
    private final StringWriter printed = new StringWriter();
    private final StringWriter told = new StringWriter();

    @TempDir
    Path folder;

    private Replica one;
    private Replica two;

    @BeforeEach
    void serve() throws IOException {
        one = new Replica("pod-0");
        two = new Replica("pod-1");
        for (Replica replica : List.of(one, two)) {
            replica.sketches.add(sketch(now - 10 * DAY, 1_000, 10));
            replica.sketches.add(sketch(now - DAY, 500, 300));
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(Server::shutdownNow);
    }

    @Test
    void tellsWhatMovedInAllReplicasTogether() {
        assertThat(drift("--since", "7d", "--target", one.target, "--target", two.target))
                .isZero();

        assertThat(printed.toString().lines())
                .startsWith("galleries/g, as decided by pod-0, pod-1")
                .anyMatch(line -> line.startsWith("before: ") && line.endsWith(" 2,020 decisions, 1.0 % unknown"))
                .anyMatch(line -> line.startsWith("since: ") && line.endsWith(" 1,600 decisions, 37.5 % unknown"))
                .contains("moved:")
                .anyMatch(line -> line.startsWith("  the unknown rate rose from 1.0 % to 37.5 % (by 3"))
                .anyMatch(line -> line.startsWith("  best scores moved (PSI "))
                .anyMatch(line -> line.startsWith("  a: its mean best score fell from 0.8"));
        assertThat(told).asString().isEmpty();
        assertThat(one.asked).singleElement().satisfies(request -> {
            assertThat(request.getGallery()).isEqualTo("galleries/g");
            assertThat(request.getStartTime().getSeconds()).isBetween(now - 14 * DAY, now - 14 * DAY + 120);
        });
    }

    @Test
    void decidesAgainWithAnotherThreshold() {
        assertThat(drift("--since", "7d", "--target", one.target, "--threshold", "0.68"))
                .isZero();
        assertThat(printed)
                .asString()
                .contains("with a threshold of 0.68: of 500 known 0 would have been unknown, of 300 unknown 300 known");

        // The gallery asks more of label a than of others.
        one.policy.putLabelThresholds("a", .9);
        assertThat(drift("--since", "7d", "--target", one.target, "--threshold", "0.68"))
                .isZero();
        assertThat(printed)
                .asString()
                .contains("with a threshold of 0.68: of 500 known 500 would have been unknown, of 300 unknown 0 known");
    }

    @Test
    void decidesAgainWithTheThresholdsOfAnAnalysis() throws Exception {
        Path report = Files.writeString(folder.resolve("report.json"), """
                {"gallery": "galleries/documents", "registrationsDigest": "d1", "spaceDigest": "d2",
                 "codeVersion": "test", "jvm": "a JVM", "seed": 1,
                 "thresholds": {"common": {"falseAcceptRate": 0.01, "threshold": {"value": 0.855}},
                                "base": {"falseAcceptRate": 0.01, "threshold": {"value": 0.6}},
                                "labels": {"a": 0.86}}}""");
        Path json = folder.resolve("drift.json");

        assertThat(drift(
                        "--since",
                        "7d",
                        "--target",
                        one.target,
                        "--what-if",
                        report.toString(),
                        "--json",
                        json.toString()))
                .isZero();

        assertThat(printed)
                .asString()
                .contains("with the analysed threshold: of 500 known 0 to 500 would have been unknown")
                .contains("with the analysed single thresholds: of 500 known 500 would have been unknown");
        JsonNode tree = new ObjectMapper().readTree(json.toFile());
        assertThat(tree.at("/whatIf/0/toUnknown/high").asLong()).isEqualTo(500);
        assertThat(tree.at("/unknownRate/value").asDouble()).isBetween(.36, .37);
        assertThat(tree.at("/labels/0/label").asText()).isEqualTo("a");
        assertThat(tree.at("/labels/0/mean/moved").asBoolean()).isTrue();
        assertThat(tree.path("moved")).isNotEmpty();
        assertThat(tree.at("/scores/stabilityIndex").asDouble()).isPositive();
    }

    @Test
    void tellsThatThereIsNothingToCompare() {
        one.sketches.removeFirst();
        assertThat(drift("--since", "7d", "--target", one.target)).isZero();
        assertThat(printed).asString().contains("before: no decisions").doesNotContain("moved");
    }

    @Test
    void tellsThatNothingMoved() {
        one.sketches.set(1, sketch(now - DAY, 1_000, 10));
        assertThat(drift("--since", "7d", "--target", one.target)).isZero();
        assertThat(printed).asString().contains("nothing moved");
    }

    @Test
    void warnsOfAReplicaThatIsAskedTwice() {
        assertThat(drift("--since", "7d", "--target", one.target, "--target", one.target))
                .isZero();
        assertThat(told).asString().contains("says it is pod-0, as another did");
    }

    @Test
    void tellsWhatTimesAndThresholdsLookLike() throws Exception {
        assertThat(drift("--since", "yesterday")).isEqualTo(2);
        assertThat(told)
                .asString()
                .contains("--since: \"yesterday\" (expected: a time like 2026-11-20T00:00Z, or 7d or 12h ago)");
        assertThat(drift("--since", "0d")).isEqualTo(2);
        assertThat(told).asString().contains("--since: \"0d\" (expected: in the past)");
        assertThat(drift("--since", "7d", "--before", "2d")).isEqualTo(2);
        assertThat(told).asString().contains("(expected: before --since, ");
        assertThat(drift("--since", "7d", "--target", one.target, "--threshold", "2"))
                .isEqualTo(2);
        assertThat(told).asString().contains("--threshold: 2.0 (expected: a cosine, -1..1)");
        Path none = Files.writeString(folder.resolve("none.json"), "{}");
        assertThat(drift("--since", "7d", "--target", one.target, "--what-if", none.toString()))
                .isEqualTo(1);
        assertThat(told).asString().contains("--what-if: no thresholds (expected: a report that analyse wrote");
        assertThat(drift("--since", "7d", "--threshold", ".5", "--what-if", none.toString()))
                .isEqualTo(2);
        assertThat(told).asString().contains("mutually exclusive");
        assertThat(drift("--since", "7d", "--target", "nowhere")).isEqualTo(2);
        assertThat(told).asString().contains("--target: \"nowhere\" (expected: host:port)");
    }

    private int drift(String... arguments) {
        CommandLine commandLine = Mekiki.commandLine();
        commandLine.setOut(new PrintWriter(printed));
        commandLine.setErr(new PrintWriter(told));
        List<String> all = new ArrayList<>(List.of("drift", "--gallery", "g"));
        all.addAll(List.of(arguments));
        return commandLine.execute(all.toArray(String[]::new));
    }

    /** An hour in which label a was known in 0.85 to 0.86, and unknown in 0.68 to 0.69. */
    private static DecisionSketch sketch(long start, int known, int unknown) {
        Histogram knownScores =
                Histogram.newBuilder().setFirstBin(185).addCounts(known).build();
        Histogram unknownScores =
                Histogram.newBuilder().setFirstBin(168).addCounts(unknown).build();
        return DecisionSketch.newBuilder()
                .setStartTime(Timestamp.newBuilder().setSeconds(start))
                .setSpan(Duration.newBuilder().setSeconds(3_600))
                .setKnownScores(knownScores)
                .setUnknownScores(unknownScores)
                .addLabels(LabelScores.newBuilder()
                        .setMainLabel("a")
                        .setKnownScores(knownScores)
                        .setUnknownScores(unknownScores)
                        .setSum(.855 * known + .685 * unknown)
                        .setSumOfSquares(.855 * .855 * known + .685 * .685 * unknown))
                .build();
    }

    /** A service that knows one gallery. */
    private final class Replica extends GalleriesGrpc.GalleriesImplBase {

        private final String name;
        private final String target;
        private final List<DecisionSketch> sketches = new CopyOnWriteArrayList<>();
        private final List<ListDecisionSketchesRequest> asked = new CopyOnWriteArrayList<>();
        private final DecisionPolicy.Builder policy =
                DecisionPolicy.newBuilder().setFalseAcceptRate(.001).setThreshold(.7);

        Replica(String name) throws IOException {
            this.name = name;
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(this)
                    .build()
                    .start();
            servers.add(server);
            target = "127.0.0.1:" + server.getPort();
        }

        @Override
        public void getGallery(GetGalleryRequest request, StreamObserver<Gallery> caller) {
            caller.onNext(Gallery.newBuilder().setDecisionPolicy(policy).build());
            caller.onCompleted();
        }

        @Override
        public void listDecisionSketches(
                ListDecisionSketchesRequest request, StreamObserver<ListDecisionSketchesResponse> caller) {
            asked.add(request);
            caller.onNext(ListDecisionSketchesResponse.newBuilder()
                    .addAllDecisionSketches(sketches)
                    .setReplica(name)
                    .build());
            caller.onCompleted();
        }
    }
}
