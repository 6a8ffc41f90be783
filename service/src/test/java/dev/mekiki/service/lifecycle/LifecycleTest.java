package dev.mekiki.service.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mekiki.core.bulk.BulkImporter;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryCatalogue;
import dev.mekiki.core.gallery.GallerySearch;
import dev.mekiki.core.gallery.LabelStore;
import dev.mekiki.core.gallery.RegistrationStore;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.recognition.Admission;
import dev.mekiki.core.reembedding.Reembedder;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.service.drift.DecisionLog;
import dev.mekiki.service.lifecycle.Lifecycle.Phase;
import dev.mekiki.service.models.Model;
import dev.mekiki.service.models.Models;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LifecycleTest {

    private static final Duration RETRY = Duration.ofMillis(300);

    private final Lifecycle lifecycle = new Lifecycle(RETRY);
    private final ExecutorService galleryThreads = GalleryThreads.pool(1, 1, RETRY);
    private final Engine engine = new Engine(
            new Embedders(List.of(new NoEmbedder())),
            new Models(List.of(), Optional.empty(), NoModels::open, new NoModels(), Runnable::run, RETRY),
            new NoGalleries(),
            new Admission(2, RETRY),
            galleryThreads,
            RETRY,
            InstantSource.system(),
            Optional.empty(),
            new Background(
                    new BulkImporter(_ -> Optional.empty(), new NoGalleries(), galleryThreads, InstantSource.system()),
                    new Reembedder(
                            new Embedders(List.of(new NoEmbedder())),
                            new NoGalleries(),
                            Optional.empty(),
                            new Admission(1, RETRY),
                            galleryThreads),
                    Optional.empty(),
                    galleryThreads),
            DecisionLog.open(InstantSource.system(), Duration.ofDays(2), Optional.empty()));

    @AfterEach
    void stop() {
        galleryThreads.shutdownNow();
    }

    @Test
    void servesOnlyAfterWarmingAndBeforeDraining() {
        List<Phase> phases = new ArrayList<>();
        lifecycle.watch(phases::add);
        assertThatExceptionOfType(Unavailable.class)
                .isThrownBy(lifecycle::engine)
                .satisfies(e -> assertThat(e.retryAfter()).isEqualTo(RETRY));

        assertThat(lifecycle.servesModels()).isFalse();

        lifecycle.serve(engine);
        assertThat(lifecycle.engine()).isSameAs(engine);
        assertThat(lifecycle.servesModels()).isTrue();

        assertThat(lifecycle.drain(Duration.ZERO)).isZero();
        assertThat(lifecycle.servesModels()).isFalse();
        assertThatExceptionOfType(Unavailable.class).isThrownBy(lifecycle::engine);
        assertThatExceptionOfType(Unavailable.class).isThrownBy(lifecycle::enterCall);
        assertThat(phases).containsExactly(Phase.STARTING, Phase.SERVING, Phase.DRAINING);
    }

    @Test
    void doesNotBeginToServeOnceItDrains() {
        lifecycle.drain(Duration.ZERO);

        lifecycle.serve(engine);

        assertThat(lifecycle.phase()).isEqualTo(Phase.DRAINING);
    }

    @Test
    void refusesWhatNeedsTheStoreWhileItIsAwayAndRecoversByItself() {
        List<Phase> phases = new ArrayList<>();
        lifecycle.serve(engine);
        lifecycle.watch(phases::add);

        lifecycle.storeAway("nobody answers");
        lifecycle.storeAway("still nobody answers");
        assertThatExceptionOfType(Unavailable.class)
                .isThrownBy(lifecycle::engine)
                .satisfies(e -> assertThat(e.retryAfter()).isEqualTo(RETRY));
        assertThat(lifecycle.engineWithoutStore()).isSameAs(engine);
        assertThat(lifecycle.engineOfTakenCall()).isSameAs(engine);
        assertThat(lifecycle.storeMissing()).contains("still nobody answers");
        assertThat(lifecycle.servesModels()).isTrue();

        lifecycle.storeBack();
        assertThat(lifecycle.engine()).isSameAs(engine);
        assertThat(lifecycle.storeMissing()).isEmpty();
        assertThat(phases).containsExactly(Phase.SERVING, Phase.AWAY, Phase.SERVING);
    }

    @Test
    void doesNotServeBeforeTheStoreIsThere() {
        lifecycle.storeAway("nobody answers");
        assertThat(lifecycle.phase()).isEqualTo(Phase.STARTING);
        lifecycle.serve(engine);
        assertThat(lifecycle.phase()).isEqualTo(Phase.AWAY);

        lifecycle.storeBack();

        assertThat(lifecycle.phase()).isEqualTo(Phase.SERVING);
    }

    @Test
    void staysStoppedWhenTheStoreComesBack() {
        lifecycle.serve(engine);
        lifecycle.storeAway("nobody answers");
        lifecycle.drain(Duration.ZERO);

        lifecycle.storeBack();

        assertThat(lifecycle.phase()).isEqualTo(Phase.DRAINING);
    }

    @Test
    void servesCallsThatWereTakenWhileItDrainsAndWaitsForThem() throws Exception {
        lifecycle.serve(engine);
        lifecycle.enterCall();
        CountDownLatch draining = new CountDownLatch(1);
        lifecycle.watch(phase -> {
            if (phase == Phase.DRAINING) {
                draining.countDown();
            }
        });
        CompletableFuture<Integer> unanswered =
                CompletableFuture.supplyAsync(() -> lifecycle.drain(Duration.ofMinutes(1)));
        draining.await();

        assertThat(unanswered).isNotDone();
        assertThat(lifecycle.engineOfTakenCall()).isSameAs(engine);
        lifecycle.leaveCall();

        assertThat(unanswered.get(30, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void saysHowManyCallsWereNotAnsweredInTime() {
        lifecycle.serve(engine);
        lifecycle.enterCall();
        lifecycle.enterCall();

        assertThat(lifecycle.drain(Duration.ofMillis(1))).isEqualTo(2);
    }

    @Test
    void tellsOpenStreamsToEndAndThoseThatComeLater() {
        List<String> told = new ArrayList<>();
        lifecycle.serve(engine);
        lifecycle.streamOpened(() -> told.add("open"));
        lifecycle.streamOpened(() -> told.add("ended before")).run();

        lifecycle.drain(Duration.ZERO);
        lifecycle.streamOpened(() -> told.add("late"));

        assertThat(told).containsExactly("open", "late");
    }

    @Test
    void refusesBlockingCallsBeyondTheAdmission() {
        CountDownLatch finish = new CountDownLatch(1);
        CompletableFuture<Boolean> running = engine.withGalleries(_ -> await(finish));
        CompletableFuture<Boolean> waiting = engine.withGalleries(_ -> true);

        CompletableFuture<Boolean> beyond = engine.withGalleries(_ -> true);

        assertThat(beyond).isCompletedExceptionally();
        assertThatExceptionOfType(Overloaded.class).isThrownBy(() -> engine.requireRoom(0));
        finish.countDown();
        assertThat(running.join()).isTrue();
        assertThat(waiting.join()).isTrue();
        engine.requireRoom(0);
    }

    @Test
    void refusesAtTheHeadersOnceAsManyCallsAreComingAsThereArePlaces() {
        engine.requireRoom(3);
        assertThatExceptionOfType(Overloaded.class).isThrownBy(() -> engine.requireRoom(4));
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static final class NoEmbedder implements Embedder {

        @Override
        public EmbeddingSpace space() {
            return new EmbeddingSpace("none", 2, "none");
        }

        @Override
        public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
            throw new AssertionError("not asked for here");
        }
    }

    private static final class NoModels implements Models.Audience {

        static Model open(Path onnx) {
            throw new AssertionError("not asked for here");
        }

        @Override
        public void served(Model model) {
            throw new AssertionError("not asked for here");
        }

        @Override
        public void retired(Model model) {
            throw new AssertionError("not asked for here");
        }
    }

    private static final class NoGalleries implements GalleryBackend {

        @Override
        public GalleryCatalogue catalogue() {
            throw new AssertionError("not asked for here");
        }

        @Override
        public RegistrationStore registrations() {
            throw new AssertionError("not asked for here");
        }

        @Override
        public LabelStore labels() {
            throw new AssertionError("not asked for here");
        }

        @Override
        public GallerySearch search() {
            throw new AssertionError("not asked for here");
        }

        @Override
        public void close() {}
    }
}
