package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import dev.mekiki.v1.Calibration;
import dev.mekiki.v1.CountRegistrationsRequest;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.DecisionPolicy;
import dev.mekiki.v1.DeleteGalleryRequest;
import dev.mekiki.v1.DeleteRegistrationRequest;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.EmbedResponse;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.ExchangeGalleriesRequest;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.GetRegistrationRequest;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.ListGalleriesRequest;
import dev.mekiki.v1.ListLabelsRequest;
import dev.mekiki.v1.ListRegistrationsRequest;
import dev.mekiki.v1.ListRegistrationsResponse;
import dev.mekiki.v1.RateInterval;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.RecognizeStreamResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationView;
import dev.mekiki.v1.RegistrationsGrpc;
import dev.mekiki.v1.RelabelRegistrationRequest;
import dev.mekiki.v1.Unknown;
import dev.mekiki.v1.UpdateGalleryRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service as a process of its own, asked over the network. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ServiceIT {

    private static final int MAX_IMAGE_BYTES = 20 << 20;

    @TempDir
    static Path shared;

    private static ServiceProcess service;
    private static ManagedChannel channel;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        service = ServiceProcess.ready(shared);
        channel = service.connect();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        service.close();
    }

    @Test
    void recognisesPhotographsOfWhatWasRegisteredFromOneImageEach() throws Exception {
        List<SampleDocument> documents = SampleCatalogue.registered().subList(0, 12);
        String gallery = gallery(channel, "end-to-end");
        for (SampleDocument document : documents) {
            register(channel, gallery, document.labelPath(), Documents.scan(document, 700))
                    .good();
        }

        int right = 0;
        for (int i = 0; i < documents.size(); i++) {
            RecognizeResponse response = recognise(channel, gallery, Documents.photograph(documents.get(i), i))
                    .get()
                    .good();
            assertThat(response.getMatchesCount()).isEqualTo(5);
            assertThat(response.getDurations().hasDecode()).isTrue();
            assertThat(response.getDurations().hasInference()).isTrue();
            assertThat(response.getDurations().hasSearch()).isTrue();
            if (response.getMatches(0).getLabel().equals(documents.get(i).labelPath())) {
                right++;
            }
        }
        assertThat(right).isGreaterThanOrEqualTo(10);
    }

    @Test
    void galleriesExchangeTheirNames() throws Exception {
        String one = gallery(channel, "exchanged");
        String other = gallery(channel, "exchanged-next");
        SampleDocument document = SampleCatalogue.registered().getFirst();
        register(channel, one, document.labelPath(), Documents.scan(document, 700))
                .good();

        GalleriesGrpc.newBlockingStub(channel)
                .exchangeGalleries(ExchangeGalleriesRequest.newBuilder()
                        .setName(one)
                        .setOther(other)
                        .build());

        assertThat(count(one)).isZero();
        assertThat(count(other)).isEqualTo(1);
    }

    @Test
    void decidesByTheThresholdOfTheLabelFromTheMomentThatAGalleryWasChanged() throws Exception {
        String name = gallery(channel, "changed");
        SampleDocument document = SampleCatalogue.registered().getFirst();
        register(channel, name, document.labelPath(), Documents.scan(document, 700))
                .good();
        var galleries = GalleriesGrpc.newBlockingStub(channel);
        Gallery before = galleries.getGallery(
                GetGalleryRequest.newBuilder().setName(name).build());
        assertThat(before.getDecisionPolicy().getCalibration().getMethod()).startsWith("card of model ");
        RecognizeResponse known = recognise(channel, name, Documents.photograph(document, 1))
                .get()
                .good();
        assertThat(known.hasKnown()).isTrue();

        DecisionPolicy strict = before.getDecisionPolicy().toBuilder()
                .putLabelThresholds(document.mainLabel(), known.getMatches(0).getScore() + 0.01)
                .setCalibration(Calibration.newBuilder()
                        .setMethod("by hand")
                        .setImpostorCount(12)
                        .setFalseAcceptRateInterval(RateInterval.newBuilder().setHigh(0.002)))
                .build();
        Gallery changed = galleries.updateGallery(UpdateGalleryRequest.newBuilder()
                .setGallery(Gallery.newBuilder().setName(name).setDecisionPolicy(strict))
                .build());

        assertThat(changed.getDecisionPolicy().getCalibration().hasCalibrateTime())
                .isTrue();
        assertThat(changed.getDecisionPolicy().toBuilder()
                        .setCalibration(strict.getCalibration())
                        .build())
                .isEqualTo(strict);
        assertThat(changed.getCreateTime()).isEqualTo(before.getCreateTime());
        RecognizeResponse unknown = recognise(channel, name, Documents.photograph(document, 1))
                .get()
                .good();
        assertThat(unknown.getUnknown().getReason()).isEqualTo(Unknown.Reason.REASON_BELOW_THRESHOLD);

        Gallery renamed = galleries.updateGallery(UpdateGalleryRequest.newBuilder()
                .setGallery(Gallery.newBuilder().setName(name).setDisplayName("Renamed"))
                .setUpdateMask(FieldMask.newBuilder().addPaths("display_name"))
                .build());
        assertThat(renamed)
                .isEqualTo(changed.toBuilder().setDisplayName("Renamed").build());
        assertThat(galleries.getGallery(
                        GetGalleryRequest.newBuilder().setName(name).build()))
                .isEqualTo(renamed);
    }

    @Test
    void saysWhatOfAGalleryCannotBeChangedSo() throws Exception {
        String name = gallery(channel, "not-changed");
        refusesUpdate(
                UpdateGalleryRequest.newBuilder()
                        .setGallery(Gallery.newBuilder().setName(name))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("embedding_space")),
                "update_mask");
        refusesUpdate(
                UpdateGalleryRequest.newBuilder()
                        .setGallery(Gallery.newBuilder().setName(name))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("decision_policy")),
                "gallery.decision_policy");
        refusesUpdate(
                UpdateGalleryRequest.newBuilder()
                        .setGallery(Gallery.newBuilder()
                                .setName(name)
                                .setDecisionPolicy(DecisionPolicy.newBuilder()
                                        .setFalseAcceptRate(0.01)
                                        .putLabelThresholds("a", 2))),
                "gallery.decision_policy.label_thresholds[a]");
        refusesUpdate(
                UpdateGalleryRequest.newBuilder()
                        .setGallery(Gallery.newBuilder().setName(name).setDisplayName("x".repeat(257))),
                "gallery.display_name");
        refusesUpdate(
                UpdateGalleryRequest.newBuilder()
                        .setGallery(Gallery.newBuilder().setName("galleries/Not legal")),
                "gallery.name");
    }

    private static void refusesUpdate(UpdateGalleryRequest.Builder update, String field) {
        assertThatThrownBy(() -> GalleriesGrpc.newBlockingStub(channel).updateGallery(update.build()))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
                    assertThat(e.getStatus().getDescription()).startsWith(field + ": ");
                });
    }

    private static long count(String gallery) {
        return LabelsGrpc.newBlockingStub(channel)
                .countRegistrations(CountRegistrationsRequest.newBuilder()
                        .setParent(gallery)
                        .build())
                .getRegistrationCount();
    }

    @Test
    void answersWithTheRegistrationItselfForItsOwnImage() throws Exception {
        SampleDocument document = SampleCatalogue.registered().getFirst();
        String gallery = gallery(channel, "its-own-image");
        Registration registered = register(channel, gallery, document.labelPath(), Documents.scan(document, 500))
                .good();

        RecognizeResponse response =
                recognise(channel, gallery, Documents.scan(document, 500)).get().good();

        assertThat(response.getKnown().getMainLabel()).isEqualTo(document.mainLabel());
        assertThat(response.getKnown().getSubLabel()).isEqualTo(document.subLabel());
        assertThat(response.getKnown().getScore()).isGreaterThan(0.9999);
        assertThat(response.getMatches(0).getRegistration()).isEqualTo(registered.getName());
    }

    @Test
    void saysUnknownOverAnEmptyGallery() throws Exception {
        String gallery = gallery(channel, "empty");

        RecognizeResponse response = recognise(channel, gallery, scan(0)).get().good();

        assertThat(response.getUnknown().getReason()).isEqualTo(Unknown.Reason.REASON_NO_CANDIDATES);
        assertThat(response.getUnknown().hasBestScore()).isFalse();
    }

    @Test
    void takesAVectorWhereItTakesAnImageAndRefusesOneOfAnotherSpace() throws Exception {
        String gallery = gallery(channel, "vectors");
        register(channel, gallery, "scan", scan(1)).good();
        Embedding vector = RecognitionGrpc.newBlockingStub(channel)
                .embed(EmbedRequest.newBuilder().setImage(scan(1)).build())
                .getEmbedding();

        RecognizeResponse response = recognise(channel, gallery, vector).get().good();
        assertThat(response.getKnown().getMainLabel()).isEqualTo("scan");
        assertThat(response.getKnown().getScore()).isGreaterThan(0.9999);

        Outcome<RecognizeResponse> refused = recognise(
                        channel,
                        gallery,
                        vector.toBuilder().setSpaceDigest("0".repeat(64)).build())
                .get();
        assertThat(refused.code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(refused.detail(PreconditionFailure.class))
                .hasValueSatisfying(failure ->
                        assertThat(failure.getViolations(0).getSubject()).isEqualTo("embedding"));
    }

    @Test
    void listsRelabelsAndDeletesRegistrations() throws Exception {
        String gallery = gallery(channel, "registrations");
        var registrations = RegistrationsGrpc.newBlockingStub(channel);
        Registration first = register(channel, gallery, "a/one", scan(2)).good();
        Registration second = register(channel, gallery, "b", scan(3)).good();
        assertThat(register(channel, gallery, "a/one", scan(2)).good()).isEqualTo(first);

        ListRegistrationsResponse page = registrations.listRegistrations(ListRegistrationsRequest.newBuilder()
                .setParent(gallery)
                .setPageSize(1)
                .build());
        ListRegistrationsResponse rest = registrations.listRegistrations(ListRegistrationsRequest.newBuilder()
                .setParent(gallery)
                .setPageToken(page.getNextPageToken())
                .build());
        assertThat(List.of(page.getRegistrations(0), rest.getRegistrations(0)))
                .containsExactlyInAnyOrder(first, second);
        assertThat(rest.getNextPageToken()).isEmpty();

        registrations.relabelRegistration(RelabelRegistrationRequest.newBuilder()
                .setName(second.getName())
                .setLabel("a/two")
                .build());
        var labels = LabelsGrpc.newBlockingStub(channel)
                .listLabels(ListLabelsRequest.newBuilder().setParent(gallery).build());
        assertThat(labels.getLabelsList()).singleElement().satisfies(label -> {
            assertThat(label.getMain()).isEqualTo("a");
            assertThat(label.getRegistrationCount()).isEqualTo(2);
            assertThat(label.getSubLabelsCount()).isEqualTo(2);
        });

        registrations.deleteRegistration(
                DeleteRegistrationRequest.newBuilder().setName(first.getName()).build());
        GetRegistrationRequest get = GetRegistrationRequest.newBuilder()
                .setName(first.getName())
                .setView(RegistrationView.REGISTRATION_VIEW_FULL)
                .build();
        Outcome<Registration> gone = Outcome.<Registration>of(
                        caller -> RegistrationsGrpc.newStub(channel).getRegistration(get, caller))
                .get();
        assertThat(gone.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(gone.detail(ResourceInfo.class))
                .hasValueSatisfying(info -> assertThat(info.getResourceName()).isEqualTo(first.getName()));
        Registration full = registrations.getRegistration(
                get.toBuilder().setName(second.getName()).build());
        assertThat(full.getLabel()).isEqualTo("a/two");
        assertThat(full.getEmbedding().getValuesCount()).isGreaterThan(1);
    }

    @Test
    void createsGalleriesWithTheModelsPolicyAndDeletesThem() throws Exception {
        String name = gallery(channel, "lives-shortly");
        var galleries = GalleriesGrpc.newBlockingStub(channel);
        Gallery gallery = galleries.getGallery(
                GetGalleryRequest.newBuilder().setName(name).build());
        assertThat(gallery.getDecisionPolicy().getFalseAcceptRate()).isBetween(1e-9, 0.5);
        assertThat(gallery.getEmbeddingSpace().getDimension()).isGreaterThan(1);
        assertThat(galleries
                        .listGalleries(ListGalleriesRequest.getDefaultInstance())
                        .getGalleriesList())
                .contains(gallery);
        Outcome<Gallery> twice = createGallery(channel, "lives-shortly").get();
        assertThat(twice.code()).isEqualTo(Code.ALREADY_EXISTS);

        galleries.deleteGallery(DeleteGalleryRequest.newBuilder().setName(name).build());

        Outcome<RecognizeResponse> asked = recognise(channel, name, scan(0)).get();
        assertThat(asked.code()).isEqualTo(Code.NOT_FOUND);
    }

    @Test
    void listsItsServicesByReflection() throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> question = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        question.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

        assertThat(answer.get(1, TimeUnit.MINUTES).getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains(
                        "mekiki.v1.Recognition",
                        "mekiki.v1.Registrations",
                        "mekiki.v1.Labels",
                        "mekiki.v1.Galleries",
                        "grpc.health.v1.Health");
        question.onCompleted();
    }

    @Test
    void isReadyOverHttpAndShowsItsMetricsOnceItServes() throws Exception {
        gallery(channel, "measured");
        recognise(channel, "galleries/measured", scan(0)).get().good();

        assertThat(service.get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(service.get("/q/metrics").body())
                .contains("mekiki_execution_provider_info{provider=\"cpu\"} 1")
                .contains("mekiki_model_info{")
                .contains("mekiki_stage_seconds_bucket{stage=\"inference\",le=\"0.001\"}")
                .contains("mekiki_batch_images_bucket{le=\"4.0\"}")
                .contains("mekiki_recognitions_total{outcome=\"no_candidates\"}")
                .contains("mekiki_call_seconds_count{method=\"mekiki.v1.Recognition/Recognize\",status=\"OK\"}")
                .contains("mekiki_queue_images ")
                .contains("mekiki_admission_requests ");
    }

    @Test
    void keepsNoMetricsOfMethodsThatCallersMakeUp() throws Exception {
        MethodDescriptor<EmbedRequest, EmbedResponse> madeUp = RecognitionGrpc.getEmbedMethod().toBuilder()
                .setFullMethodName("mekiki.v1.Recognition/MadeUp")
                .build();

        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel, madeUp, CallOptions.DEFAULT, EmbedRequest.getDefaultInstance()))
                .hasMessageStartingWith("UNIMPLEMENTED");
        // Its answer comes after the other's end was counted.
        recognise(channel, gallery(channel, "made-up"), scan(0)).get().good();

        assertThat(service.get("/q/metrics").body())
                .contains("mekiki_call_seconds_count")
                .doesNotContain("MadeUp");
    }

    @Test
    void namesFieldAndLimitOfWhatIsNoImageAndServesTheNext() throws Exception {
        String gallery = gallery(channel, "malformed");
        register(channel, gallery, "good", scan(4)).good();
        ByteString jpeg = scan(4);
        ByteString bomb = Documents.bomb();
        ByteString sixtyMegabytes = ByteString.copyFrom(new byte[60_000_000]);
        ByteString byteTooLarge = ByteString.copyFrom(new byte[MAX_IMAGE_BYTES + 1]);
        Map<String, ByteString> bad = Map.of(
                "corrupt JPEG",
                jpeg.substring(0, 300).concat(ByteString.copyFrom(new byte[jpeg.size() - 300])),
                "JPEG cut short",
                jpeg.substring(0, jpeg.size() / 2),
                "empty body",
                ByteString.EMPTY,
                "text",
                ByteString.copyFromUtf8("Dear Sir or Madam, ".repeat(100)),
                "bomb",
                bomb,
                "60 MB",
                sixtyMegabytes,
                "a byte too large",
                byteTooLarge);

        for (Map.Entry<String, ByteString> entry : bad.entrySet()) {
            assertInvalid(
                    entry.getKey(),
                    recognise(channel, gallery, entry.getValue()).get(),
                    "image");
            assertInvalid(entry.getKey(), register(channel, gallery, "bad", entry.getValue()), "image");
            assertThat(recognise(channel, gallery, jpeg).get().good().getKnown().getMainLabel())
                    .isEqualTo("good");
        }
        assertThat(recognise(channel, gallery, sixtyMegabytes).get().status().getMessage())
                .contains(Integer.toString(MAX_IMAGE_BYTES));
        assertThat(recognise(channel, gallery, byteTooLarge).get().status().getMessage())
                .contains(Integer.toString(MAX_IMAGE_BYTES));
        assertThat(recognise(channel, gallery, bomb).get().status().getMessage())
                .contains("30000x30000")
                .contains("64000000");
    }

    @Test
    void namesTheFieldOfEverythingElseThatIsWrong() throws Exception {
        String gallery = gallery(channel, "wrong");
        assertInvalid("label", register(channel, gallery, "pass/port/3", scan(0)), "registration.label");
        assertInvalid("label", register(channel, gallery, "<script>", scan(0)), "registration.label");
        assertInvalid("parent", register(channel, "gallery/x", "a", scan(0)), "parent");
        assertInvalid("gallery id", createGallery(channel, "Not Legal").get(), "gallery_id");
        assertInvalid(
                "matches",
                recognise(channel, request(gallery, scan(0)).setMaxMatches(1001).build())
                        .get(),
                "max_matches");
        assertInvalid(
                "scope",
                recognise(
                                channel,
                                request(gallery, scan(0)).addLabelScope("a//b").build())
                        .get(),
                "label_scope");
        assertInvalid(
                "nothing",
                recognise(
                                channel,
                                RecognizeRequest.newBuilder()
                                        .setGallery(gallery)
                                        .build())
                        .get(),
                "image");
    }

    @Test
    void answersEachQuestionOfAStreamAndItsErrorsWithoutEndingIt() throws Exception {
        String gallery = gallery(channel, "stream");
        Map<String, String> expected = new HashMap<>();
        for (int i = 0; i < 8; i++) {
            expected.put(
                    "q" + i, register(channel, gallery, "d" + i, scan(i)).good().getName());
        }
        Map<String, RecognizeStreamResponse> answers = new ConcurrentHashMap<>();
        CountDownLatch end = new CountDownLatch(1);
        StreamObserver<RecognizeStreamRequest> questions = RecognitionGrpc.newStub(channel)
                .recognizeStream(new StreamObserver<>() {
                    @Override
                    public void onNext(RecognizeStreamResponse answer) {
                        answers.put(answer.getCorrelationId(), answer);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        failure.printStackTrace();
                        end.countDown();
                    }

                    @Override
                    public void onCompleted() {
                        end.countDown();
                    }
                });
        for (int i = 0; i < 8; i++) {
            questions.onNext(question("q" + i, request(gallery, scan(i)).build()));
            questions.onNext(question(
                    "bad" + i,
                    request(gallery, ByteString.copyFromUtf8("not an image")).build()));
        }
        questions.onCompleted();

        assertThat(end.await(2, TimeUnit.MINUTES)).isTrue();
        assertThat(answers).hasSize(16);
        answers.forEach((id, answer) -> {
            if (id.startsWith("q")) {
                assertThat(answer.getResponse().getMatches(0).getRegistration()).isEqualTo(expected.get(id));
            } else {
                assertThat(answer.getError().getCode()).isEqualTo(Code.INVALID_ARGUMENT.value());
                assertThat(Outcome.detail(answer.getError(), BadRequest.class))
                        .hasValueSatisfying(bad ->
                                assertThat(bad.getFieldViolations(0).getField()).isEqualTo("request.image"));
            }
        });
    }

    @Test
    void refusesWhatIsBeyondItsBoundsAndAnswersTheRestRightWithinItsMemory() throws Exception {
        int requests = 2000;
        int documents = 24;
        try (ServiceProcess small = ServiceProcess.ready(folder, "-Xmx256m", "-Dmekiki.admission.max-requests=64")) {
            ManagedChannel first = small.connect();
            String gallery = gallery(first, "crowd");
            List<ByteString> scans = new ArrayList<>();
            List<String> names = new ArrayList<>();
            for (int i = 0; i < documents; i++) {
                // What follows the end of a JPEG is not looked at, but is sent and held.
                scans.add(scan(i).concat(ByteString.copyFrom(new byte[150_000])));
                names.add(register(first, gallery, "d" + i, scans.get(i)).good().getName());
            }
            List<ManagedChannel> channels = List.of(first, small.connect(), small.connect(), small.connect());

            List<CompletableFuture<Outcome<RecognizeResponse>>> outcomes = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                outcomes.add(recognise(channels.get(i % channels.size()), gallery, scans.get(i % documents)));
            }

            int answered = 0;
            for (int i = 0; i < requests; i++) {
                Outcome<RecognizeResponse> outcome = outcomes.get(i).get();
                if (outcome.isOk()) {
                    answered++;
                    assertThat(outcome.good().getMatches(0).getRegistration()).isEqualTo(names.get(i % documents));
                    assertThat(outcome.good().getMatches(0).getScore()).isGreaterThan(0.9999);
                } else {
                    assertThat(outcome.code()).as(outcome.status().toString()).isEqualTo(Code.UNAVAILABLE);
                    assertThat(outcome.detail(RetryInfo.class))
                            .hasValueSatisfying(
                                    retry -> assertThat(retry.getRetryDelay().getNanos()
                                                    + retry.getRetryDelay().getSeconds())
                                            .isPositive());
                }
            }
            assertThat(answered).isGreaterThanOrEqualTo(64).isLessThan(requests);
            assertThat(small.metric("mekiki_request_bytes")).isZero();
            assertThat(small.metric("mekiki_open_calls")).isZero();
            recognise(first, gallery, scans.getFirst()).get().good();
            assertThat(small.log()).doesNotContain("OutOfMemory").doesNotContain("\"ERROR\"");
            Path status = Path.of("/proc", Long.toString(small.process.pid()), "status");
            assumeThat(status).exists();
            assertThat(peakMegabytes(status)).isLessThan(1200);
        }
    }

    @Test
    void keepsEveryAcknowledgedRegistrationWhenKilled() throws Exception {
        Map<String, ByteString> acknowledged = new HashMap<>();
        try (ServiceProcess first = ServiceProcess.ready(folder)) {
            ManagedChannel connection = first.connect();
            String gallery = gallery(connection, "survivors");
            CountDownLatch enough = new CountDownLatch(30);
            Map<ByteString, CompletableFuture<Outcome<Registration>>> outcomes = new HashMap<>();
            for (int i = 0; i < 46; i++) {
                ByteString scan = scan(i);
                CreateRegistrationRequest request = registration(gallery, "d" + i, scan);
                CompletableFuture<Outcome<Registration>> outcome = Outcome.of(
                        caller -> RegistrationsGrpc.newStub(connection).createRegistration(request, caller));
                outcome.thenRun(enough::countDown);
                outcomes.put(scan, outcome);
            }
            assertThat(enough.await(2, TimeUnit.MINUTES)).isTrue();
            first.kill();
            for (Map.Entry<ByteString, CompletableFuture<Outcome<Registration>>> entry : outcomes.entrySet()) {
                Outcome<Registration> outcome = entry.getValue().get();
                if (outcome.isOk()) {
                    acknowledged.put(outcome.good().getName(), entry.getKey());
                }
            }
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(30);

        try (ServiceProcess second = ServiceProcess.ready(folder)) {
            ManagedChannel connection = second.connect();
            for (Map.Entry<String, ByteString> entry : acknowledged.entrySet()) {
                RecognizeResponse response = recognise(connection, "galleries/survivors", entry.getValue())
                        .get()
                        .good();
                assertThat(response.getMatches(0).getRegistration()).isEqualTo(entry.getKey());
            }
        }
    }

    @Test
    void answersWhatItHasTakenBeforeItStops() throws Exception {
        int calls = 40;
        ByteString large = Documents.large();
        try (ServiceProcess leaving = ServiceProcess.ready(
                folder,
                "-Dmekiki.inference.decode-threads=1",
                "-Dmekiki.inference.latency-budget=0s",
                "-Dmekiki.server.drain-timeout=120s",
                "-Dmekiki.admission.default-deadline=120s")) {
            ManagedChannel connection = leaving.connect();
            String gallery = gallery(connection, "leaving");
            Iterator<HealthCheckResponse> health = leaving.health();
            ServiceProcess.awaitStatus(health, ServingStatus.SERVING);
            List<CompletableFuture<Outcome<RecognizeResponse>>> outcomes = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                outcomes.add(recognise(connection, gallery, large));
            }
            double best = 0;
            for (double under = 0; under + done(outcomes) < calls; best = Math.max(best, under)) {
                under = leaving.metric("mekiki_open_calls");
            }
            assertThat(best)
                    .as("calls under way when the service is told to stop")
                    .isPositive();

            leaving.process.destroy();
            ServiceProcess.awaitStatus(health, ServingStatus.NOT_SERVING);
            Outcome<RecognizeResponse> late =
                    recognise(connection, gallery, large).get();

            for (CompletableFuture<Outcome<RecognizeResponse>> outcome : outcomes) {
                assertThat(outcome.get().code())
                        .as(outcome.get().status().toString())
                        .isEqualTo(Code.OK);
            }
            assertThat(late.code()).isEqualTo(Code.UNAVAILABLE);
            assertThat(late.detail(RetryInfo.class)).isPresent();
            assertThat(leaving.exitCode()).isEqualTo(143);
            assertThat(leaving.log()).contains("are answered").doesNotContain("\"ERROR\"");
        }
    }

    @Test
    void doesNotStartWithSettingsThatCannotWork() throws Exception {
        try (ServiceProcess refused = ServiceProcess.start(
                folder, "-Dquarkus.grpc.server.host=0.0.0.0", "-Dmekiki.inference.max-delay=60s")) {
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.log())
                    .contains("quarkus.grpc.server.host: 0.0.0.0")
                    .contains("mekiki.server.insecure-listen-allowed=true")
                    .contains("mekiki.inference.max-delay: PT1M");
        }
    }

    @Test
    void doesNotStartWithoutTheProviderThatWasAskedFor() throws Exception {
        try (ServiceProcess refused = ServiceProcess.start(folder, "-Dmekiki.inference.providers=tensorrt")) {
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.log()).contains("TENSORRT");
        }
    }

    private static ByteString scan(int number) {
        return Documents.scan(SampleCatalogue.registered().get(number), 480);
    }

    private static long done(List<? extends CompletableFuture<?>> futures) {
        return futures.stream().filter(CompletableFuture::isDone).count();
    }

    private static long peakMegabytes(Path status) throws IOException {
        return Files.readAllLines(status, StandardCharsets.US_ASCII).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    private static void assertInvalid(String what, Outcome<?> outcome, String field) {
        assertThat(outcome.code()).as("%s: %s", what, outcome.status()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(outcome.detail(BadRequest.class))
                .as(what)
                .hasValueSatisfying(bad -> assertThat(bad.getFieldViolationsList())
                        .singleElement()
                        .satisfies(violation -> {
                            assertThat(violation.getField()).isEqualTo(field);
                            assertThat(violation.getDescription()).contains("(expected: ");
                        }));
        assertThat(outcome.detail(ErrorInfo.class)).hasValueSatisfying(info -> {
            assertThat(info.getDomain()).isEqualTo("mekiki.dev");
            assertThat(info.getReason()).isEqualTo("INVALID_INPUT");
        });
    }

    private static String gallery(ManagedChannel channel, String id) throws Exception {
        return createGallery(channel, id).get().good().getName();
    }

    private static CompletableFuture<Outcome<Gallery>> createGallery(ManagedChannel channel, String id) {
        return Outcome.of(caller -> GalleriesGrpc.newStub(channel)
                .createGallery(
                        CreateGalleryRequest.newBuilder().setGalleryId(id).build(), caller));
    }

    private static CreateRegistrationRequest registration(String gallery, String label, ByteString image) {
        return CreateRegistrationRequest.newBuilder()
                .setParent(gallery)
                .setRegistration(Registration.newBuilder().setLabel(label))
                .setImage(image)
                .build();
    }

    private static Outcome<Registration> register(
            ManagedChannel channel, String gallery, String label, ByteString image) throws Exception {
        return Outcome.<Registration>of(caller -> RegistrationsGrpc.newStub(channel)
                        .createRegistration(registration(gallery, label, image), caller))
                .get();
    }

    private static RecognizeRequest.Builder request(String gallery, ByteString image) {
        return RecognizeRequest.newBuilder().setGallery(gallery).setImage(image);
    }

    private static RecognizeStreamRequest question(String id, RecognizeRequest request) {
        return RecognizeStreamRequest.newBuilder()
                .setCorrelationId(id)
                .setRequest(request)
                .build();
    }

    private static CompletableFuture<Outcome<RecognizeResponse>> recognise(
            ManagedChannel channel, String gallery, ByteString image) {
        return recognise(channel, request(gallery, image).build());
    }

    private static CompletableFuture<Outcome<RecognizeResponse>> recognise(
            ManagedChannel channel, String gallery, Embedding vector) {
        return recognise(
                channel,
                RecognizeRequest.newBuilder()
                        .setGallery(gallery)
                        .setEmbedding(vector)
                        .build());
    }

    private static CompletableFuture<Outcome<RecognizeResponse>> recognise(
            ManagedChannel channel, RecognizeRequest request) {
        return Outcome.of(caller -> RecognitionGrpc.newStub(channel).recognize(request, caller));
    }
}
