package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.PreconditionFailure;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.DeleteGalleryRequest;
import dev.mekiki.v1.DeleteLabelRequest;
import dev.mekiki.v1.DeleteRegistrationRequest;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.EmbedResponse;
import dev.mekiki.v1.ExchangeGalleriesRequest;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.ImportAppend;
import dev.mekiki.v1.ImportOptions;
import dev.mekiki.v1.ImportRegistrationsRequest;
import dev.mekiki.v1.ImportRegistrationsResponse;
import dev.mekiki.v1.ImportRow;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.ListRegistrationsRequest;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.ReembedGalleryRequest;
import dev.mekiki.v1.ReembedGalleryResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationView;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gallery changes from one model to another and back, while it is asked. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ModelChangeIT {

    private static final String OLD = "galleries/documents";
    private static final String NEW = "galleries/documents-next";
    private static final List<SampleDocument> DOCUMENTS =
            SampleCatalogue.registered().subList(0, 12);

    @TempDir
    Path folder;

    private Path images;
    private ServiceProcess service;
    private ManagedChannel channel;
    private String otherModel;

    @BeforeEach
    void start() throws IOException {
        images = folder.resolve("images");
        Path model = OtherModel.in(folder);
        otherModel = OtherModel.ID;
        service = ServiceProcess.ready(folder, "-Dmekiki.model.more=" + model, "-Dmekiki.images.directory=" + images);
        channel = service.connect();
    }

    @AfterEach
    void stop() throws InterruptedException {
        service.close();
    }

    @Test
    void changesTheModelOfAGalleryAndBackWhileItAnswers() throws Exception {
        create(OLD, "");
        Gallery next = create(NEW, otherModel);
        assertThat(next.getEmbeddingSpace().getModelId()).isEqualTo(otherModel);
        for (SampleDocument document : DOCUMENTS.subList(0, 6)) {
            register(OLD, document).good();
        }
        importAll(OLD, DOCUMENTS.subList(6, 12));
        assertThat(kept()).hasSize(12);
        List<Registration> before = registrations(OLD);

        AtomicBoolean changing = new AtomicBoolean(true);
        List<Outcome<RecognizeResponse>> answers = new ArrayList<>();
        Thread asking = Thread.ofPlatform().start(() -> {
            for (int i = 0; changing.get(); i++) {
                answers.add(recognise(OLD, DOCUMENTS.get(i % DOCUMENTS.size())));
            }
        });
        // Two steps; then the service is asked anew from where it was, as after any interruption.
        ReembedGalleryResponse step = reembed(5, "");
        step = reembed(5, step.getNextPageToken());
        assertThat(step.getEmbeddedCount()).isEqualTo(5);
        String token = step.getNextPageToken();
        assertThat(answer(OLD).getEmbeddingSpace().getModelId()).isNotEqualTo(otherModel);
        assertThat(reembed(5, token).getEmbeddedCount()).isEqualTo(2);
        // Again, from the middle: harmless.
        step = reembed(5, token);
        assertThat(step.getEmbeddedCount()).isZero();
        assertThat(step.getPresentCount()).isEqualTo(2);
        assertThat(step.getNextPageToken()).isEmpty();

        exchange();
        assertThat(answer(OLD).getEmbeddingSpace().getModelId()).isEqualTo(otherModel);
        List<Registration> after = registrations(OLD);
        assertThat(after).hasSize(12);
        for (int i = 0; i < 12; i++) {
            Registration old = before.get(i);
            assertThat(after.get(i).toBuilder().clearEmbedding().build())
                    .isEqualTo(old.toBuilder().clearEmbedding().build());
            assertThat(after.get(i).getEmbedding().getSpaceDigest())
                    .isEqualTo(next.getEmbeddingSpace().getDigest())
                    .isNotEqualTo(old.getEmbedding().getSpaceDigest());
        }
        // What is registered now goes the new model's way, and what is there is there.
        assertThat(register(OLD, DOCUMENTS.getFirst()).good().getName())
                .isEqualTo(OLD + "/registrations/" + lastPart(before, DOCUMENTS.getFirst()));
        assertThat(registrations(OLD)).hasSize(12);

        exchange();
        changing.set(false);
        asking.join();
        assertThat(answer(OLD).getEmbeddingSpace().getModelId()).isNotEqualTo(otherModel);
        assertThat(registrations(OLD)).isEqualTo(before);
        assertThat(answers)
                .isNotEmpty()
                .allSatisfy(answer -> assertThat(answer.isOk())
                        .as(answer.status().getMessage())
                        .isTrue());
        assertThat(answers)
                .extracting(answer -> answer.good().getMatches(0).getLabel())
                .containsAll(DOCUMENTS.stream()
                        .limit(2)
                        .map(SampleDocument::labelPath)
                        .toList());
    }

    @Test
    void goesOnAfterTheServiceWasKilledAndTellsWhatItCannotEmbed() throws Exception {
        create(OLD, "");
        create(NEW, otherModel);
        for (SampleDocument document : DOCUMENTS.subList(0, 4)) {
            register(OLD, document).good();
        }
        Registration vector = registerVector();
        ReembedGalleryResponse before = reembed(3, "");
        assertThat(before.getEmbeddedCount()).isPositive();
        String token = before.getNextPageToken();

        service.close();
        Files.writeString(images.resolve("arriving").resolve("left"), "half a file");
        Files.writeString(kept().getFirst(), "damaged");
        service = ServiceProcess.ready(
                folder, "-Dmekiki.model.more=" + folder.resolve("other.onnx"), "-Dmekiki.images.directory=" + images);
        channel = service.connect();

        ReembedGalleryResponse all = reembed(100, "");
        assertThat(all.getPresentCount()).isEqualTo(before.getEmbeddedCount());
        assertThat(reembed(100, token).getNextPageToken()).isEmpty();
        assertThat(all.getFailuresList()).anySatisfy(failure -> {
            assertThat(failure.getRegistration()).isEqualTo(vector.getName());
            assertThat(failure.getError().getCode()).isEqualTo(Code.FAILED_PRECONDITION.value());
            assertThat(failure.getError().getMessage()).contains("its image was not kept");
        });
        assertThat(images.resolve("arriving")).isEmptyDirectory();
    }

    @Test
    void imagesGoWithTheLastRegistration() throws Exception {
        create(OLD, "");
        create(NEW, otherModel);
        Registration registered = register(OLD, DOCUMENTS.getFirst()).good();
        register(OLD, DOCUMENTS.getLast()).good();
        assertThat(reembed(100, "").getEmbeddedCount()).isEqualTo(2);

        RegistrationsGrpc.newBlockingStub(channel)
                .deleteRegistration(DeleteRegistrationRequest.newBuilder()
                        .setName(registered.getName())
                        .build());
        assertThat(kept()).hasSize(2);
        // A mirror loses what the source has lost, and the image has no registration any more.
        ReembedGalleryResponse step = mirror("");
        assertThat(mirror(step.getNextPageToken()).getDeletedCount()).isEqualTo(1);
        assertThat(kept()).hasSize(1);

        importAll(OLD, DOCUMENTS.subList(1, 8));
        assertThat(kept()).hasSize(8);
        for (SampleDocument document : DOCUMENTS.subList(1, 8)) {
            deleteLabel(OLD, document.mainLabel());
        }
        assertThat(kept()).hasSize(1);
        for (String gallery : List.of(OLD, NEW)) {
            GalleriesGrpc.newBlockingStub(channel)
                    .deleteGallery(
                            DeleteGalleryRequest.newBuilder().setName(gallery).build());
        }
        assertThat(kept()).isEmpty();
    }

    @Test
    void anImageForAGalleryWhoseModelIsNotServedIsRefusedAndSaysWhy() throws Exception {
        create(NEW, otherModel);
        service.close();
        service = ServiceProcess.ready(folder);
        channel = service.connect();

        Outcome<RecognizeResponse> refused = recognise(NEW, DOCUMENTS.getFirst());
        assertThat(refused.code()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(refused.detail(PreconditionFailure.class))
                .hasValueSatisfying(failure -> assertThat(failure.getViolations(0))
                        .satisfies(violation -> {
                            assertThat(violation.getType()).isEqualTo("MODEL_NOT_SERVED");
                            assertThat(violation.getSubject()).isEqualTo(NEW);
                            assertThat(violation.getDescription()).contains(otherModel);
                        }));
        assertThat(register(NEW, DOCUMENTS.getFirst()).code()).isEqualTo(Code.FAILED_PRECONDITION);
        Outcome<Gallery> unknown = Outcome.<Gallery>of(
                        caller -> GalleriesGrpc.newStub(channel).createGallery(creation(OLD, otherModel), caller))
                .get();
        assertThat(unknown.code()).isEqualTo(Code.INVALID_ARGUMENT);
        create(OLD, "");
        Outcome<ReembedGalleryResponse> nothingKept = Outcome.<ReembedGalleryResponse>of(
                        caller -> GalleriesGrpc.newStub(channel)
                                .reembedGallery(reembedding(1, "").build(), caller))
                .get();
        assertThat(nothingKept.code()).isEqualTo(Code.FAILED_PRECONDITION);
    }

    private void deleteLabel(String gallery, String label) {
        DeleteLabelRequest step = DeleteLabelRequest.newBuilder()
                .setParent(gallery)
                .setLabel(label)
                .build();
        while (LabelsGrpc.newBlockingStub(channel).deleteLabel(step).getDeletedCount() > 0) {}
    }

    private static String lastPart(List<Registration> registrations, SampleDocument document) {
        return registrations.stream()
                .filter(registration -> registration.getLabel().equals(document.labelPath()))
                .map(registration ->
                        registration.getName().substring(registration.getName().lastIndexOf('/') + 1))
                .findFirst()
                .orElseThrow();
    }

    private static ByteString scan(SampleDocument document) {
        return Documents.scan(document, 480);
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> all = Files.walk(images.resolve("images"))) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static CreateGalleryRequest creation(String gallery, String model) {
        return CreateGalleryRequest.newBuilder()
                .setGalleryId(gallery.substring("galleries/".length()))
                .setModel(model)
                .build();
    }

    private Gallery create(String gallery, String model) {
        return GalleriesGrpc.newBlockingStub(channel).createGallery(creation(gallery, model));
    }

    private Outcome<Registration> register(String gallery, SampleDocument document) throws Exception {
        return Outcome.<Registration>of(caller -> RegistrationsGrpc.newStub(channel)
                        .createRegistration(
                                CreateRegistrationRequest.newBuilder()
                                        .setParent(gallery)
                                        .setRegistration(
                                                Registration.newBuilder().setLabel(document.labelPath()))
                                        .setImage(scan(document))
                                        .build(),
                                caller))
                .get();
    }

    private Registration registerVector() {
        EmbedResponse embedded = RecognitionGrpc.newBlockingStub(channel)
                .embed(EmbedRequest.newBuilder()
                        .setImage(scan(DOCUMENTS.getLast()))
                        .build());
        return RegistrationsGrpc.newBlockingStub(channel)
                .createRegistration(CreateRegistrationRequest.newBuilder()
                        .setParent(OLD)
                        .setRegistration(Registration.newBuilder().setLabel("vector"))
                        .setEmbedding(embedded.getEmbedding())
                        .build());
    }

    private void importAll(String gallery, List<SampleDocument> documents) throws Exception {
        CompletableFuture<Integer> registered = new CompletableFuture<>();
        StreamObserver<ImportRegistrationsRequest> rows = RegistrationsGrpc.newStub(channel)
                .importRegistrations(new StreamObserver<>() {
                    private int sum;

                    @Override
                    public void onNext(ImportRegistrationsResponse response) {
                        sum += response.getRegisteredCount();
                    }

                    @Override
                    public void onError(Throwable failure) {
                        registered.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        registered.complete(sum);
                    }
                });
        rows.onNext(ImportRegistrationsRequest.newBuilder()
                .setOptions(ImportOptions.newBuilder().setParent(gallery))
                .build());
        ImportAppend.Builder append = ImportAppend.newBuilder();
        documents.forEach(document -> append.addRows(
                ImportRow.newBuilder().setLabel(document.labelPath()).setImage(scan(document))));
        rows.onNext(ImportRegistrationsRequest.newBuilder().setAppend(append).build());
        rows.onCompleted();
        assertThat(registered.get()).isEqualTo(documents.size());
    }

    private Outcome<RecognizeResponse> recognise(String gallery, SampleDocument document) {
        return Outcome.<RecognizeResponse>of(caller -> RecognitionGrpc.newStub(channel)
                        .recognize(
                                RecognizeRequest.newBuilder()
                                        .setGallery(gallery)
                                        .setImage(scan(document))
                                        .build(),
                                caller))
                .join();
    }

    private RecognizeResponse answer(String gallery) {
        RecognizeResponse response = recognise(gallery, DOCUMENTS.getFirst()).good();
        assertThat(response.getMatches(0).getLabel())
                .isEqualTo(DOCUMENTS.getFirst().labelPath());
        assertThat(response.getMatches(0).getScore()).isGreaterThan(0.9999);
        return response;
    }

    private List<Registration> registrations(String gallery) {
        return RegistrationsGrpc.newBlockingStub(channel)
                .listRegistrations(ListRegistrationsRequest.newBuilder()
                        .setParent(gallery)
                        .setView(RegistrationView.REGISTRATION_VIEW_FULL)
                        .build())
                .getRegistrationsList();
    }

    private static ReembedGalleryRequest.Builder reembedding(int size, String token) {
        return ReembedGalleryRequest.newBuilder()
                .setName(OLD)
                .setTarget(NEW)
                .setPageSize(size)
                .setPageToken(token);
    }

    private ReembedGalleryResponse reembed(int size, String token) {
        return GalleriesGrpc.newBlockingStub(channel)
                .reembedGallery(reembedding(size, token).build());
    }

    private ReembedGalleryResponse mirror(String token) {
        return GalleriesGrpc.newBlockingStub(channel)
                .reembedGallery(reembedding(100, token).setMirror(true).build());
    }

    private void exchange() {
        GalleriesGrpc.newBlockingStub(channel)
                .exchangeGalleries(ExchangeGalleriesRequest.newBuilder()
                        .setName(OLD)
                        .setOther(NEW)
                        .build());
    }
}
