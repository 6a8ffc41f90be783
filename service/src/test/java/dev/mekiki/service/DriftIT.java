package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.DecisionPolicy;
import dev.mekiki.v1.DecisionSketch;
import dev.mekiki.v1.DeleteGalleryRequest;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.EmbeddingSpace;
import dev.mekiki.v1.ExchangeGalleriesRequest;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.Histogram;
import dev.mekiki.v1.LabelScores;
import dev.mekiki.v1.ListDecisionSketchesRequest;
import dev.mekiki.v1.ListDecisionSketchesResponse;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.RecognizeStreamResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was decided, asked of the packaged service. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DriftIT {

    private static final String NAME = "galleries/decided";
    private static final String OTHER = "galleries/decided-next";

    @TempDir
    Path folder;

    private ServiceProcess service;
    private ManagedChannel channel;
    private EmbeddingSpace space;

    @BeforeEach
    void start() throws Exception {
        serve();
        space = create("decided");
    }

    @AfterEach
    void stop() throws InterruptedException {
        service.close();
    }

    @Test
    void tellsWhatWasDecidedAlsoAfterARestart() throws Exception {
        recognise(vector(1, 0, 0)).good();
        register("a/x", vector(1, 0, 0));
        register("b", vector(0, 1, 0));
        recognise(vector(1, 0, 0)).good();
        recognise(vector(.855, 0, .518628)).good();
        ask(vector(.605, 0, .796225));

        List<DecisionSketch> sketches = sketches();

        assertThat(sketches).isNotEmpty().allMatch(sketch -> sketch.getSpan().getSeconds() == 3600);
        // More than one only if an hour ended meanwhile.
        assertThat(sketches.stream().mapToLong(DecisionSketch::getNoCandidatesCount))
                .containsOnlyOnce(1L);
        assertThat(sketches.stream()
                        .map(DecisionSketch::getKnownScores)
                        .flatMap(DriftIT::bins)
                        .toList())
                .containsExactlyInAnyOrder(185, 199);
        assertThat(sketches.stream()
                        .map(DecisionSketch::getUnknownScores)
                        .flatMap(DriftIT::bins)
                        .toList())
                .containsExactly(160);
        assertThat(sketches.stream().map(DecisionSketch::getLeads).flatMap(DriftIT::bins))
                .containsExactlyInAnyOrder(85, 100);
        assertThat(sketches.stream().flatMap(sketch -> sketch.getLabelsList().stream()))
                .allMatch(label -> label.getMainLabel().equals("a"));
        assertThat(sketches.stream()
                        .flatMap(sketch -> sketch.getLabelsList().stream())
                        .mapToDouble(LabelScores::getSum)
                        .sum())
                .isBetween(2.459, 2.461);

        assertThat(metrics())
                .contains("mekiki_best_score_percent_count{gallery=\"decided\",outcome=\"known\"} 2")
                .contains("mekiki_best_score_percent_bucket{gallery=\"decided\",outcome=\"unknown\",le=\"65.0\"} 1")
                .contains("mekiki_best_score_percent_bucket{gallery=\"decided\",outcome=\"unknown\",le=\"60.0\"} 0")
                .contains("mekiki_lead_percent_bucket{gallery=\"decided\",le=\"60.0\"} 0")
                .contains("mekiki_lead_percent_count{gallery=\"decided\"} 2");

        service.process.destroy();
        service.exitCode();
        service.close();
        serve();
        assertThat(sketches()).isEqualTo(sketches);

        service.close();
        Path file = files().getFirst();
        Files.write(file, new byte[100]);
        serve();
        assertThat(sketches()).isEmpty();
        assertThat(service.log()).contains("the file is damaged");
        assertThat(folder.resolve("drift").resolve(file.getFileName() + ".damaged"))
                .hasSize(100);
    }

    @Test
    void namesThatAreExchangedBeginAnewAndADeletedGalleryIsForgotten() throws Exception {
        create("decided-next");
        recognise(vector(1, 0, 0)).good();
        List<DecisionSketch> before = sketches();
        assertThat(before).isNotEmpty();

        exchange();
        assertThat(sketches()).isEmpty();
        exchange();
        assertThat(sketches()).isEqualTo(before);

        exchange();
        galleries()
                .deleteGallery(DeleteGalleryRequest.newBuilder().setName(OTHER).build());
        service.process.destroy();
        service.exitCode();
        assertThat(files()).isEmpty();
    }

    @Test
    void tellsWhichSpansWereAskedForAndWhoDecided() throws Exception {
        recognise(vector(1, 0, 0)).good();
        DecisionSketch sketch = sketches().getFirst();

        assertThat(list(request().setStartTime(sketch.getStartTime())).good().getDecisionSketchesList())
                .contains(sketch);
        ListDecisionSketchesResponse none =
                list(request().setEndTime(sketch.getStartTime())).good();
        assertThat(none.getDecisionSketchesList()).isEmpty();
        assertThat(none.getReplica()).isNotBlank();
        assertThat(list(request().setStartTime(sketch.getStartTime()).setEndTime(sketch.getStartTime()))
                        .code())
                .isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(list(request().setGallery("galleries/none")).code()).isEqualTo(Code.NOT_FOUND);
    }

    private void serve() throws IOException {
        service = ServiceProcess.ready(folder, "-Dmekiki.drift.directory=" + folder.resolve("drift"));
        channel = service.connect();
    }

    private String metrics() {
        return service.get("/q/metrics").body();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("drift"))) {
            return files.filter(file -> file.toString().endsWith(".sketches")).toList();
        }
    }

    private EmbeddingSpace create(String id) {
        return galleries()
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId(id)
                        .setGallery(Gallery.newBuilder()
                                .setDecisionPolicy(DecisionPolicy.newBuilder()
                                        .setFalseAcceptRate(.001)
                                        .setThreshold(.7)))
                        .build())
                .getEmbeddingSpace();
    }

    private void exchange() {
        galleries()
                .exchangeGalleries(ExchangeGalleriesRequest.newBuilder()
                        .setName(NAME)
                        .setOther(OTHER)
                        .build());
    }

    private GalleriesGrpc.GalleriesBlockingStub galleries() {
        return GalleriesGrpc.newBlockingStub(channel);
    }

    private void register(String label, Embedding vector) throws Exception {
        Outcome.<Registration>of(caller -> RegistrationsGrpc.newStub(channel)
                        .createRegistration(
                                CreateRegistrationRequest.newBuilder()
                                        .setParent(NAME)
                                        .setRegistration(
                                                Registration.newBuilder().setLabel(label))
                                        .setEmbedding(vector)
                                        .build(),
                                caller))
                .get()
                .good();
    }

    private Outcome<RecognizeResponse> recognise(Embedding vector) throws Exception {
        return Outcome.<RecognizeResponse>of(
                        caller -> RecognitionGrpc.newStub(channel).recognize(question(vector), caller))
                .get();
    }

    /** The same over a stream. */
    private void ask(Embedding vector) throws Exception {
        Outcome<RecognizeStreamResponse> answer = Outcome.<RecognizeStreamResponse>of(caller -> {
                    StreamObserver<RecognizeStreamRequest> stream =
                            RecognitionGrpc.newStub(channel).recognizeStream(caller);
                    stream.onNext(RecognizeStreamRequest.newBuilder()
                            .setCorrelationId("1")
                            .setRequest(question(vector))
                            .build());
                    stream.onCompleted();
                })
                .get();
        assertThat(answer.good().getResponse().hasUnknown()).isTrue();
    }

    private static RecognizeRequest question(Embedding vector) {
        return RecognizeRequest.newBuilder()
                .setGallery(NAME)
                .setEmbedding(vector)
                .build();
    }

    private Embedding vector(double x, double y, double z) {
        Embedding.Builder vector = Embedding.newBuilder()
                .setSpaceDigest(space.getDigest())
                .addValues((float) x)
                .addValues((float) y)
                .addValues((float) z);
        for (int i = 3; i < space.getDimension(); i++) {
            vector.addValues(0);
        }
        return vector.build();
    }

    private List<DecisionSketch> sketches() throws Exception {
        return list(request()).good().getDecisionSketchesList();
    }

    private static ListDecisionSketchesRequest.Builder request() {
        return ListDecisionSketchesRequest.newBuilder().setGallery(NAME);
    }

    private Outcome<ListDecisionSketchesResponse> list(ListDecisionSketchesRequest.Builder request) throws Exception {
        CompletableFuture<Outcome<ListDecisionSketchesResponse>> answer =
                Outcome.of(caller -> GalleriesGrpc.newStub(channel).listDecisionSketches(request.build(), caller));
        return answer.get();
    }

    /** The bins that have one. */
    private static Stream<Integer> bins(Histogram histogram) {
        return Stream.iterate(0, i -> i < histogram.getCountsCount(), i -> i + 1)
                .filter(i -> histogram.getCounts(i) == 1)
                .map(i -> histogram.getFirstBin() + i);
    }
}
