package dev.mekiki.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.recognition.Query;
import dev.mekiki.core.recognition.RecognitionRequest;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.ImportRow;
import dev.mekiki.v1.PackedEmbedding;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.Registration;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RequestReadingTest {

    private static final EmbeddingSpace SPACE = new EmbeddingSpace("model@1", 2, "digest");
    private static final EmbeddingSpace OTHER = new EmbeddingSpace("model@2", 3, "other-digest");
    private static final Embedders EMBEDDERS = new Embedders(List.of(new Unasked(SPACE), new Unasked(OTHER)));

    /** Only read requests here. */
    private record Unasked(EmbeddingSpace space) implements Embedder {

        @Override
        public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
            throw new AssertionError("not asked for here");
        }
    }

    @Test
    void findsTheSpaceOfAVectorAndOfAModelThatIsNamed() {
        assertThat(Requests.space("", EMBEDDERS)).isEqualTo(SPACE);
        assertThat(Requests.space("model@2", EMBEDDERS)).isEqualTo(OTHER);
        assertThat(Requests.space("other-digest", EMBEDDERS)).isEqualTo(OTHER);
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> Requests.space("model@3", EMBEDDERS))
                .withMessage(
                        "model: \"model@3\" (expected: a model that is served, by id or digest: model@1, model@2)");
        RecognitionRequest request = Requests.recognition(
                RecognizeRequest.newBuilder()
                        .setGallery("galleries/g")
                        .setEmbedding(Embedding.newBuilder()
                                .setSpaceDigest("other-digest")
                                .addAllValues(List.of(1f, 0f, 0f)))
                        .build(),
                EMBEDDERS);
        assertThat(request.query())
                .isInstanceOfSatisfying(
                        Query.OfEmbedding.class,
                        vector -> assertThat(vector.embedding().space()).isEqualTo(OTHER));
    }

    @Test
    void readsTheNameOfARegistrationEvenInAGalleryCalledRegistrations() {
        ResourceNames.RegistrationName name = ResourceNames.registration("galleries/registrations/registrations/r1");

        assertThat(name.gallery().value()).isEqualTo("registrations");
        assertThat(name.id().value()).isEqualTo("r1");
    }

    @Test
    void readsARowOfAnImportWithEverythingThatItMayHave() {
        ImportRow row = ImportRow.newBuilder()
                .setLabel("a/x")
                .setEmbedding(packed(0.6f, 0.8f))
                .putAttributes("source", "scanner")
                .setRegistrationId("own-id")
                .setContentDigest(ByteString.copyFrom(new byte[32]))
                .setCreateTime(Timestamp.newBuilder().setSeconds(-1).setNanos(999_999_999))
                .build();

        assertThat(ImportMessages.rows(List.of(row), SPACE))
                .containsExactly(new dev.mekiki.core.bulk.ImportRow.Readable(
                        LabelPath.of("a", "x"),
                        new Query.OfEmbedding(
                                dev.mekiki.core.embedding.Embedding.ofUnit(SPACE, new float[] {0.6f, 0.8f})),
                        Map.of("source", "scanner"),
                        Optional.of(new RegistrationId("own-id")),
                        Optional.of(new ContentDigest("0".repeat(64))),
                        Optional.of(Instant.ofEpochMilli(-1))));
    }

    @Test
    void tellsWhatIsWrongWithARowAndReadsTheOthers() {
        ImportRow good = ImportRow.newBuilder()
                .setLabel("a")
                .setEmbedding(packed(0.6f, 0.8f))
                .build();
        List<ImportRow> rows = List.of(
                good,
                good.toBuilder().setLabel("a//b").build(),
                good.toBuilder().clearEmbedding().build(),
                good.toBuilder().setEmbedding(packed(0.6f, 0.8f, 0)).build(),
                good.toBuilder().setEmbedding(packed(3, 4)).build(),
                good.toBuilder().setEmbedding(packed(Float.NaN, 0)).build(),
                good.toBuilder()
                        .setEmbedding(packed(0.6f, 0.8f).toBuilder().setValues(ByteString.copyFrom(new byte[7])))
                        .build(),
                good.toBuilder()
                        .setEmbedding(packed(0.6f, 0.8f).toBuilder().setSpaceDigest("other"))
                        .build(),
                good.toBuilder().setRegistrationId("Not Legal").build(),
                good.toBuilder()
                        .setContentDigest(ByteString.copyFrom(new byte[31]))
                        .build(),
                good.toBuilder()
                        .setCreateTime(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))
                        .build(),
                good.toBuilder().putAttributes("", "x").build(),
                good.toBuilder()
                        .setImage(ByteString.copyFromUtf8("image"))
                        .setContentDigest(ByteString.copyFrom(new byte[32]))
                        .build(),
                good);

        List<dev.mekiki.core.bulk.ImportRow> read = ImportMessages.rows(rows, SPACE);

        assertThat(read).hasSize(rows.size());
        assertThat(read.getFirst()).isEqualTo(read.getLast());
        assertThat(read.subList(1, rows.size() - 1))
                .extracting(RequestReadingTest::wrongField)
                .containsExactly(
                        "label.sub",
                        "image",
                        "embedding",
                        "embedding",
                        "embedding",
                        "embedding.values",
                        "embedding space",
                        "registration_id",
                        "content_digest",
                        "create_time",
                        "attributes",
                        "content_digest");
    }

    private static String wrongField(dev.mekiki.core.bulk.ImportRow row) {
        String message = ((dev.mekiki.core.bulk.ImportRow.Unreadable) row).why().getMessage();
        return Objects.requireNonNull(message).split(":", 2)[0];
    }

    private static PackedEmbedding packed(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return PackedEmbedding.newBuilder()
                .setSpaceDigest(SPACE.digest())
                .setValues(ByteString.copyFrom(bytes.flip()))
                .build();
    }

    @Test
    void refusesNamesThatAreNotOfTheirPattern() {
        for (String name :
                List.of("", "galleries/a", "galleries/a/registrations/", "registrations/r", "galleries/a/b/c")) {
            assertThatExceptionOfType(InvalidInput.class).as(name).isThrownBy(() -> ResourceNames.registration(name));
        }
        assertThatExceptionOfType(InvalidInput.class).isThrownBy(() -> ResourceNames.gallery("a"));
    }

    @Test
    void takesTheBytesOfAnImageInOnePieceOrInSeveral() {
        byte[] array = {1, 2, 3, 4, 5};
        ByteString pieces = ByteString.copyFrom(new byte[200])
                .concat(ByteString.copyFrom(new byte[] {7, 8, 9}))
                .concat(ByteString.copyFrom(new byte[200]));

        assertThat(Requests.image(ByteString.copyFrom(array)).image().bytes()).isEqualTo(array);
        assertThat(Requests.image(ByteString.copyFrom(array).substring(1, 4))
                        .image()
                        .bytes())
                .containsExactly(2, 3, 4);
        assertThat(Requests.image(pieces).image().bytes()).isEqualTo(pieces.toByteArray());
        assertThat(Requests.image(ByteString.EMPTY).image().bytes()).isEmpty();
    }

    @Test
    void fillsInWhatWasLeftOut() {
        RecognitionRequest request = Requests.recognition(
                RecognizeRequest.newBuilder()
                        .setGallery("galleries/a")
                        .setImage(ByteString.copyFromUtf8("x"))
                        .build(),
                EMBEDDERS);

        assertThat(request.maxMatches()).isEqualTo(5);
        assertThat(request.maxPerLabel()).isEqualTo(5);
        assertThat(request.scope().isAll()).isTrue();
        assertThat(Requests.page(0, "").size()).isEqualTo(100);
    }

    @Test
    void readsARegistration() {
        var request = Requests.registration(
                CreateRegistrationRequest.newBuilder()
                        .setParent("galleries/a")
                        .setRegistrationId("mine")
                        .setRegistration(Registration.newBuilder()
                                .setLabel("passport/new")
                                .putAttributes("k", "v"))
                        .setEmbedding(Embedding.newBuilder()
                                .setSpaceDigest("digest")
                                .addValues(0)
                                .addValues(1))
                        .build(),
                EMBEDDERS);

        assertThat(request.label()).isEqualTo(LabelPath.of("passport", "new"));
        assertThat(request.id().orElseThrow().value()).isEqualTo("mine");
        assertThat(request.attributes()).containsEntry("k", "v");
        assertThat(request.query()).isInstanceOf(Query.OfEmbedding.class);
    }

    @Test
    void refusesVectorsOfAnotherSpaceLengthOrOrigin() {
        Embedding.Builder vector = Embedding.newBuilder().addValues(1).addValues(0);

        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> ask(vector.clone()))
                .satisfies(e -> assertThat(e.field()).isEqualTo("embedding.space_digest"));
        assertThatExceptionOfType(SpaceMismatch.class)
                .isThrownBy(() -> ask(vector.clone().setSpaceDigest("other")));
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> ask(vector.clone().setSpaceDigest("digest").addValues(3)));
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> ask(Embedding.newBuilder().setSpaceDigest("other")));
    }

    @Test
    void refusesAScopeThatCostsMoreThanTheSearch() {
        assertThat(Requests.scope(Collections.nCopies(1000, "a")).paths()).hasSize(1);
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> Requests.scope(Collections.nCopies(1001, "a")))
                .withMessageContaining("1000");
    }

    @Test
    void translatesFieldsByTheirWholeNameTheirFirstPartOrNotAtAll() {
        RequestFields fields = RequestFields.AS_THEY_ARE
                .with("label", "registration.label")
                .with("decision_policy", "gallery.decision_policy.");

        assertThat(fields.named("label.sub")).isEqualTo("registration.label");
        assertThat(fields.named("image.content")).isEqualTo("image");
        assertThat(fields.named("decision_policy.threshold")).isEqualTo("gallery.decision_policy.threshold");
        assertThat(fields.named("page_size")).isEqualTo("page_size");
        assertThat(fields.within("request").named("label.main")).isEqualTo("request.registration.label");
    }

    private static RecognitionRequest ask(Embedding.Builder vector) {
        return Requests.recognition(
                RecognizeRequest.newBuilder()
                        .setGallery("galleries/a")
                        .setEmbedding(vector)
                        .build(),
                EMBEDDERS);
    }
}
