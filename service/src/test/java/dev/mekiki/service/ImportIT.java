package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import com.google.rpc.BadRequest;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.v1.CountRegistrationsRequest;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.DeleteLabelRequest;
import dev.mekiki.v1.EmbeddingSpace;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.ImportAppend;
import dev.mekiki.v1.ImportFinding;
import dev.mekiki.v1.ImportFinding.Kind;
import dev.mekiki.v1.ImportOptions;
import dev.mekiki.v1.ImportOptions.ConflictPolicy;
import dev.mekiki.v1.ImportRegistrationsRequest;
import dev.mekiki.v1.ImportRegistrationsResponse;
import dev.mekiki.v1.ImportRow;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.MoveLabelRequest;
import dev.mekiki.v1.MoveLabelResponse;
import dev.mekiki.v1.PackedEmbedding;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Imports into the packaged service over the network. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ImportIT {

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
    void registersImagesAndVectorsAndTellsWhatIsWrongWithSingleRows() throws Exception {
        Gallery gallery = gallery(channel, "mixed");
        Import stream = new Import(channel, options(gallery));
        ImportRow first = image("a/one", scan(0));

        stream.append(
                100,
                first,
                vector(gallery, "b", 1),
                image("c", ByteString.copyFromUtf8("not an image")),
                image("d//e", scan(1)),
                vector(gallery, "f", 2).toBuilder()
                        .setEmbedding(packed("0".repeat(64), values(gallery, 2)))
                        .build(),
                vector(gallery, "g", 3).toBuilder()
                        .setEmbedding(packed(
                                gallery.getEmbeddingSpace().getDigest(),
                                values(gallery, 3).substring(4)))
                        .build(),
                image("a/two", scan(0)),
                image("h", scan(0)),
                first,
                ImportRow.newBuilder().setLabel("i").build());
        ImportRegistrationsResponse answer = stream.answer();

        assertThat(answer.getNextOffset()).isEqualTo(110);
        assertThat(answer.getRegisteredCount()).isEqualTo(3);
        assertThat(answer.getPresentCount()).isEqualTo(1);
        assertThat(answer.getFindingsList())
                .extracting(ImportFinding::getOffset, ImportFinding::getKind, f -> code(f.getError()))
                .containsExactly(
                        tuple(102L, Kind.KIND_REJECTED, Code.INVALID_ARGUMENT),
                        tuple(103L, Kind.KIND_REJECTED, Code.INVALID_ARGUMENT),
                        tuple(104L, Kind.KIND_REJECTED, Code.FAILED_PRECONDITION),
                        tuple(105L, Kind.KIND_REJECTED, Code.INVALID_ARGUMENT),
                        tuple(106L, Kind.KIND_DUPLICATE, Code.OK),
                        tuple(107L, Kind.KIND_CONFLICTING_CONTENT, Code.ALREADY_EXISTS),
                        tuple(109L, Kind.KIND_REJECTED, Code.INVALID_ARGUMENT));
        assertThat(answer.getFindings(4).getRegistered()).isTrue();
        assertThat(answer.getFindings(4).getOtherOffset()).isEqualTo(100);
        assertThat(answer.getFindings(5).getRegistered()).isFalse();
        assertThat(answer.getFindings(5).getOtherLabel()).isEqualTo("a/one");
        assertThat(count(channel, gallery)).isEqualTo(3);

        stream.append(100, first);
        assertThat(stream.answer().getReplay().getCode()).isEqualTo(Code.ALREADY_EXISTS.value());
        stream.append(111, first);
        assertThat(stream.failure()).isEqualTo(Code.OUT_OF_RANGE);
    }

    @Test
    void reportsContradictionsAndRegistersThemOnlyWhereTheyAreAccepted() throws Exception {
        Gallery gallery = gallery(channel, "contradictions");
        Import before = new Import(channel, options(gallery));
        before.append(0, vector(gallery, "a", 1), vector(gallery, "b", 2));
        assertThat(before.answer().getRegisteredCount()).isEqualTo(2);
        ImportRow sameBytes = vector(gallery, "c", 1);
        ImportRow nearly = vector(gallery, "c", 2).toBuilder()
                .setContentDigest(ByteString.copyFrom(new byte[32]))
                .build();

        Import check =
                new Import(channel, options(gallery).setConflictScore(0.999).setValidateOnly(true));
        check.append(0, sameBytes, nearly, vector(gallery, "c", 3));
        ImportRegistrationsResponse checked = check.answer();
        assertThat(checked.getRegisteredCount()).isEqualTo(1);
        assertThat(checked.getFindingsList())
                .extracting(ImportFinding::getKind, ImportFinding::getOtherLabel, ImportFinding::getRegistered)
                .containsExactly(
                        tuple(Kind.KIND_CONFLICTING_CONTENT, "a", false),
                        tuple(Kind.KIND_CONFLICTING_EMBEDDING, "b", false));
        assertThat(checked.getFindings(0).getOtherRegistration()).startsWith(gallery.getName() + "/registrations/");
        assertThat(checked.getFindings(1).getScore()).isGreaterThan(0.999);
        assertThat(count(channel, gallery)).isEqualTo(2);

        Import accept = new Import(
                channel,
                options(gallery).setConflictScore(0.999).setConflictPolicy(ConflictPolicy.CONFLICT_POLICY_ACCEPT));
        accept.append(0, sameBytes, nearly);
        ImportRegistrationsResponse accepted = accept.answer();
        assertThat(accepted.getRegisteredCount()).isEqualTo(2);
        assertThat(accepted.getFindingsList()).allMatch(ImportFinding::getRegistered);
        assertThat(count(channel, gallery)).isEqualTo(4);

        Import again = new Import(channel, options(gallery).setConflictScore(0.999));
        again.append(0, sameBytes, nearly);
        assertThat(again.answer().getPresentCount()).isEqualTo(2);
    }

    @Test
    void endsTheStreamWhereItCannotGoOn() throws Exception {
        Gallery gallery = gallery(channel, "ends");
        assertThat(new Import(channel, ImportOptions.newBuilder().setParent("galleries/none")).failure())
                .isEqualTo(Code.NOT_FOUND);
        assertThat(new Import(channel, ImportOptions.newBuilder().setParent("none")).failure())
                .isEqualTo(Code.INVALID_ARGUMENT);
        Import tooMany = new Import(channel, options(gallery));
        ImportRow[] rows = new ImportRow[1001];
        Arrays.fill(rows, vector(gallery, "a", 1));
        tooMany.append(0, rows);
        assertThat(tooMany.failure()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(count(channel, gallery)).isZero();
    }

    @Test
    void countsMovesAndDeletesLabelsStepByStep() throws Exception {
        Gallery gallery = gallery(channel, "steps");
        Import stream = new Import(channel, options(gallery));
        ImportRow[] rows = new ImportRow[50];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = vector(gallery, i < 20 ? "a/x" : i < 30 ? "a" : "b", i);
        }
        stream.append(0, rows);
        stream.answer();
        LabelsGrpc.LabelsBlockingStub labels = LabelsGrpc.newBlockingStub(channel);
        assertThat(count(channel, gallery, "a")).isEqualTo(30);
        assertThat(count(channel, gallery, "a/x", "b")).isEqualTo(40);

        MoveLabelRequest move = MoveLabelRequest.newBuilder()
                .setParent(gallery.getName())
                .setLabel("a")
                .setNewLabel("c")
                .setMaxRegistrations(20)
                .build();
        int moved = 0;
        for (int step = labels.moveLabel(move).getMovedCount();
                step > 0;
                step = labels.moveLabel(move).getMovedCount()) {
            assertThat(step).isLessThanOrEqualTo(20);
            moved += step;
        }
        assertThat(moved).isEqualTo(30);
        assertThat(count(channel, gallery, "c/x")).isEqualTo(20);

        DeleteLabelRequest delete = DeleteLabelRequest.newBuilder()
                .setParent(gallery.getName())
                .setLabel("c")
                .build();
        assertThat(labels.deleteLabel(delete).getDeletedCount()).isEqualTo(30);
        assertThat(labels.deleteLabel(delete).getDeletedCount()).isZero();
        assertThat(count(channel, gallery)).isEqualTo(20);

        Outcome<MoveLabelResponse> nowhere = Outcome.<MoveLabelResponse>of(caller -> LabelsGrpc.newStub(channel)
                        .moveLabel(move.toBuilder().setNewLabel("b//c").build(), caller))
                .get();
        assertThat(nowhere.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(nowhere.detail(BadRequest.class))
                .hasValueSatisfying(
                        bad -> assertThat(bad.getFieldViolations(0).getField()).isEqualTo("new_label"));
    }

    @Test
    void acknowledgesWhatItHasTakenBeforeItStops() throws Exception {
        try (ServiceProcess leaving = ServiceProcess.ready(folder)) {
            Gallery gallery = gallery(leaving.connect(), "leaving");
            Import stream = new Import(leaving.connect(), options(gallery));
            stream.append(0, rows(gallery, 0, 500));
            assertThat(stream.answer().getNextOffset()).isEqualTo(500);

            leaving.process.destroy();

            assertThat(stream.failure()).isEqualTo(Code.UNAVAILABLE);
            assertThat(leaving.exitCode()).isEqualTo(143);
            assertThat(leaving.log()).doesNotContain("\"ERROR\"");
        }
    }

    private static Gallery gallery(ManagedChannel channel, String id) throws Exception {
        return Outcome.<Gallery>of(caller -> GalleriesGrpc.newStub(channel)
                        .createGallery(
                                CreateGalleryRequest.newBuilder()
                                        .setGalleryId(id)
                                        .build(),
                                caller))
                .get()
                .good();
    }

    private static ImportOptions.Builder options(Gallery gallery) {
        return ImportOptions.newBuilder().setParent(gallery.getName());
    }

    private static long count(ManagedChannel channel, Gallery gallery, String... scope) {
        return LabelsGrpc.newBlockingStub(channel)
                .countRegistrations(CountRegistrationsRequest.newBuilder()
                        .setParent(gallery.getName())
                        .addAllLabelScope(List.of(scope))
                        .build())
                .getRegistrationCount();
    }

    private static Code code(com.google.rpc.Status status) {
        return Status.fromCodeValue(status.getCode()).getCode();
    }

    private static ByteString scan(int number) {
        return Documents.scan(SampleCatalogue.registered().get(number), 480);
    }

    private static ImportRow image(String label, ByteString image) {
        return ImportRow.newBuilder().setLabel(label).setImage(image).build();
    }

    private static ImportRow[] rows(Gallery gallery, int first, int count) {
        List<ImportRow> rows = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            rows.add(vector(gallery, "label-" + i % 97, i));
        }
        return rows.toArray(ImportRow[]::new);
    }

    /** A vector of the gallery's space that its number decides. */
    private static ImportRow vector(Gallery gallery, String label, int number) {
        EmbeddingSpace space = gallery.getEmbeddingSpace();
        return ImportRow.newBuilder()
                .setLabel(label)
                .setEmbedding(packed(space.getDigest(), values(gallery, number)))
                .build();
    }

    private static PackedEmbedding packed(String digest, ByteString values) {
        return PackedEmbedding.newBuilder()
                .setSpaceDigest(digest)
                .setValues(values)
                .build();
    }

    private static ByteString values(Gallery gallery, int number) {
        int dimension = gallery.getEmbeddingSpace().getDimension();
        SplittableRandom random = new SplittableRandom(number);
        double[] vector = random.doubles(dimension, -1, 1).toArray();
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        ByteBuffer values = ByteBuffer.allocate(dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : vector) {
            values.putFloat((float) (value / Math.sqrt(squares)));
        }
        return ByteString.copyFrom(values.flip());
    }

    /** One stream, and what came of it. */
    private static final class Import implements StreamObserver<ImportRegistrationsResponse> {

        private final BlockingQueue<ImportRegistrationsResponse> answers = new LinkedBlockingQueue<>();
        private final CompletableFuture<Code> end = new CompletableFuture<>();
        private final StreamObserver<ImportRegistrationsRequest> requests;

        Import(ManagedChannel channel, ImportOptions.Builder options) {
            requests = RegistrationsGrpc.newStub(channel).importRegistrations(this);
            requests.onNext(
                    ImportRegistrationsRequest.newBuilder().setOptions(options).build());
        }

        void append(long offset, ImportRow... rows) {
            requests.onNext(ImportRegistrationsRequest.newBuilder()
                    .setAppend(ImportAppend.newBuilder().setOffset(offset).addAllRows(List.of(rows)))
                    .build());
        }

        ImportRegistrationsResponse answer() throws InterruptedException {
            ImportRegistrationsResponse answer = answers.poll(1, TimeUnit.MINUTES);
            return Objects.requireNonNull(answer, () -> "no answer; the stream: " + end);
        }

        /** What the stream ended with. */
        Code failure() throws Exception {
            return end.get(1, TimeUnit.MINUTES);
        }

        @Override
        public void onNext(ImportRegistrationsResponse answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure).getCode());
        }

        @Override
        public void onCompleted() {
            end.complete(Code.OK);
        }
    }
}
