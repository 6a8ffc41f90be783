package dev.mekiki.core.recognition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.DeadlineExpired;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.PreconditionUnmet;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.MemoryGalleries;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.Stage;
import dev.mekiki.core.time.StageDurations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UseCasesTest {

    private static final EmbeddingSpace SPACE = new EmbeddingSpace("m@1", 2, "digest");
    private static final GalleryId GALLERY = new GalleryId("documents");
    private static final Embedding EAST = Embedding.ofUnit(SPACE, new float[] {1, 0});
    private static final EmbeddingSpace OTHER_SPACE = new EmbeddingSpace("m@2", 3, "other-digest");
    private static final Embedding OTHER_EAST = Embedding.ofUnit(OTHER_SPACE, new float[] {1, 0, 0});
    private static final EncodedImage IMAGE = new EncodedImage(new byte[] {1, 2, 3});

    private final PuppetEmbedder embedder = new PuppetEmbedder(SPACE);
    private final MemoryGalleries galleries = new MemoryGalleries();
    private final Admission admission = new Admission(10, Duration.ofMillis(100));
    private final Queue<Runnable> galleryThreads = new ArrayDeque<>();
    private long nanoTime;

    private final Recogniser recogniser = new Recogniser(
            new Embedders(List.of(embedder)), galleries, admission, galleryThreads::add, () -> nanoTime += 1_000);
    private final Registrar registrar = new Registrar(
            new Embedders(List.of(embedder)),
            galleries,
            Optional.empty(),
            admission,
            galleryThreads::add,
            () -> Instant.ofEpochSecond(5, 123_456_789),
            () -> nanoTime += 1_000);

    UseCasesTest() {
        galleries.create(GALLERY.value(), SPACE);
    }

    @Test
    void recognisesOnTheGallerysThreadsNotOnTheEmbedders() {
        hold(EAST, LabelPath.of("a", "x"));
        CompletableFuture<RecognitionReply> reply =
                recogniser.recognise(request(new Query.OfImage(IMAGE)), Deadline.NONE);
        embedder.complete(EAST);
        assertThat(reply).isNotDone();

        runGalleryThreads();

        assertThat(reply.join().recognition())
                .isEqualTo(new Recognition.Known(LabelPath.of("a", "x"), new ExactScore(1), Optional.empty(), 0.6));
        assertThat(reply.join().durations().byStage())
                .containsEntry(Stage.DECODE, Duration.ofMillis(1))
                .containsEntry(Stage.SEARCH, Duration.ofNanos(1_000));
    }

    @Test
    void aVectorNeedsNoEmbedder() {
        hold(EAST, LabelPath.of("a", "x"));
        CompletableFuture<RecognitionReply> reply =
                recogniser.recognise(request(new Query.OfEmbedding(EAST)), Deadline.NONE);
        runGalleryThreads();

        assertThat(reply.join().matches()).hasSize(1);
        assertThat(embedder.pending).isNull();
    }

    @Test
    void anUnknownGalleryIsNotFound() {
        galleries.delete(GALLERY);
        CompletableFuture<RecognitionReply> reply =
                recogniser.recognise(request(new Query.OfEmbedding(EAST)), Deadline.NONE);
        runGalleryThreads();

        assertThat(reply)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(Exception.class)
                .havingCause()
                .isInstanceOf(NotFound.class)
                .withMessage("galleries/documents does not exist");
    }

    @Test
    void cancellingTheAnswerDropsTheImageAndMakesRoom() {
        CompletableFuture<RecognitionReply> reply =
                recogniser.recognise(request(new Query.OfImage(IMAGE)), Deadline.NONE);
        assertThat(admission.underWay()).isEqualTo(1);

        reply.cancel(false);

        assertThat(embedder.pending).isCancelled();
        assertThat(admission.underWay()).isZero();
    }

    @Test
    void looksNothingUpForWhomItComesTooLate() {
        CompletableFuture<RecognitionReply> byImage =
                recogniser.recognise(request(new Query.OfImage(IMAGE)), Deadline.after(Duration.ofMillis(1), 0));
        CompletableFuture<RecognitionReply> byVector =
                recogniser.recognise(request(new Query.OfEmbedding(EAST)), Deadline.after(Duration.ofMillis(1), 0));
        embedder.complete(EAST);
        nanoTime = 1_000_000;
        galleries.delete(GALLERY);
        runGalleryThreads();

        for (CompletableFuture<RecognitionReply> late : List.of(byImage, byVector)) {
            assertThat(late)
                    .as("not that there is no such gallery")
                    .failsWithin(Duration.ZERO)
                    .withThrowableOfType(Exception.class)
                    .havingCause()
                    .isInstanceOf(DeadlineExpired.class)
                    .withMessage("deadline expired before stage search");
        }
    }

    @Test
    void registersUnderTheDerivedIdWithTheDigestOfTheBytes() {
        CompletableFuture<RegistrationReply> reply = registrar.register(
                new RegistrationRequest(
                        GALLERY,
                        Optional.empty(),
                        LabelPath.of("a"),
                        new Query.OfImage(IMAGE),
                        Map.of("source", "scanner")),
                Deadline.NONE);
        embedder.complete(EAST);
        assertThat(galleries.all(GALLERY)).isEmpty();
        runGalleryThreads();

        Registration stored = reply.join().registration();
        assertThat(galleries.all(GALLERY)).containsExactly(stored);
        assertThat(stored.id()).isEqualTo(RegistrationId.derived(GALLERY, LabelPath.of("a"), IMAGE.digest()));
        assertThat(stored.content()).isEqualTo(IMAGE.digest());
        assertThat(stored.createTime()).isEqualTo(Instant.ofEpochMilli(5_123));
        assertThat(stored.attributes()).containsEntry("source", "scanner");
        assertThat(reply.join().durations().byStage()).containsKey(Stage.STORE);
    }

    @Test
    void aRegistrationThatCouldNotBeStoredIsNotAcknowledged() {
        galleries.untakable = LabelPath.of("a");
        CompletableFuture<RegistrationReply> reply = registrar.register(
                new RegistrationRequest(
                        GALLERY, Optional.empty(), LabelPath.of("a"), new Query.OfEmbedding(EAST), Map.of()),
                Deadline.NONE);
        runGalleryThreads();

        assertThat(reply.exceptionNow()).isInstanceOf(InvalidInput.class);
        assertThat(galleries.all(GALLERY)).isEmpty();
    }

    @Test
    void ofSeveralModelsThatOfTheGallerysSpaceIsAsked() {
        PuppetEmbedder other = new PuppetEmbedder(OTHER_SPACE);
        move(OTHER_SPACE);

        CompletableFuture<RecognitionReply> reply =
                of(embedder, other).recognise(request(new Query.OfImage(IMAGE)), Deadline.NONE);
        runGalleryThreads();
        other.complete(OTHER_EAST);
        runGalleryThreads();

        assertThat(reply.join().space()).isEqualTo(OTHER_SPACE);
        assertThat(embedder.pending).isNull();
    }

    @Test
    void anImageIsEmbeddedAgainWhereItsGallerysNameHasPassedToAnotherSpace() {
        PuppetEmbedder other = new PuppetEmbedder(OTHER_SPACE);
        CompletableFuture<RecognitionReply> reply =
                of(embedder, other).recognise(request(new Query.OfImage(IMAGE)), Deadline.NONE);
        runGalleryThreads();

        move(OTHER_SPACE);
        embedder.complete(EAST);
        runGalleryThreads();
        assertThat(reply).isNotDone();
        other.complete(OTHER_EAST);
        runGalleryThreads();

        assertThat(reply.join().space()).isEqualTo(OTHER_SPACE);
    }

    @Test
    void anImageIsRefusedWhereNoModelOfTheGallerysSpaceIsServed() {
        move(new EmbeddingSpace("m@3", 2, "third-digest"));
        for (Recogniser some : List.of(recogniser, of(embedder, new PuppetEmbedder(OTHER_SPACE)))) {
            CompletableFuture<RecognitionReply> reply =
                    some.recognise(request(new Query.OfImage(IMAGE)), Deadline.NONE);
            runGalleryThreads();
            if (embedder.pending != null) {
                embedder.complete(EAST);
            }
            runGalleryThreads();

            assertThat(reply.exceptionNow())
                    .isInstanceOf(PreconditionUnmet.class)
                    .hasMessage("galleries/documents: an image (expected: a vector, as no model of the gallery's space,"
                            + " m@3[2, third-digest], is served)");
            embedder.pending = null;
        }
    }

    @Test
    void cancellingTheAnswerDropsTheImageThatIsEmbeddedAgain() {
        PuppetEmbedder other = new PuppetEmbedder(OTHER_SPACE);
        CompletableFuture<RecognitionReply> reply =
                of(embedder, other).recognise(request(new Query.OfImage(IMAGE)), Deadline.NONE);
        runGalleryThreads();
        move(OTHER_SPACE);
        embedder.complete(EAST);
        runGalleryThreads();

        reply.cancel(false);

        assertThat(other.pending).isCancelled();
        assertThat(admission.underWay()).isZero();
    }

    private Recogniser of(Embedder... embedders) {
        return new Recogniser(new Embedders(List.of(embedders)), galleries, admission, galleryThreads::add, () -> 0);
    }

    private void hold(Embedding embedding, LabelPath label) {
        galleries.addAll(
                GALLERY,
                List.of(new Registration(
                        GALLERY,
                        new RegistrationId("r1"),
                        label,
                        embedding.digest(),
                        embedding,
                        Map.of(),
                        Instant.EPOCH)));
    }

    /** The name passes to a gallery of another space. */
    private void move(EmbeddingSpace space) {
        Gallery other = galleries.create("other", space);
        galleries.exchange(GALLERY, other.id());
    }

    private static RecognitionRequest request(Query query) {
        return new RecognitionRequest(GALLERY, query, LabelScope.ALL, 5, 5);
    }

    private void runGalleryThreads() {
        while (!galleryThreads.isEmpty()) {
            galleryThreads.remove().run();
        }
    }

    /** Answers when the test says so. */
    private static final class PuppetEmbedder implements Embedder {
        @Nullable
        CompletableFuture<EmbeddedImage> pending;

        private final EmbeddingSpace space;

        PuppetEmbedder(EmbeddingSpace space) {
            this.space = space;
        }

        @Override
        public EmbeddingSpace space() {
            return space;
        }

        @Override
        public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
            pending = new CompletableFuture<>();
            return pending;
        }

        void complete(Embedding embedding) {
            Objects.requireNonNull(pending)
                    .complete(
                            new EmbeddedImage(embedding, StageDurations.NONE.with(Stage.DECODE, Duration.ofMillis(1))));
        }
    }
}
