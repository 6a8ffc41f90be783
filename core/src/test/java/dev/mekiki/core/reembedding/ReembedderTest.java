package dev.mekiki.core.reembedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.PreconditionUnmet;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.MemoryGalleries;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.keeping.KeptImages;
import dev.mekiki.core.keeping.MemoryImages;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.recognition.Admission;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.StageDurations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Everything runs on the test's own thread. */
class ReembedderTest {

    private static final EmbeddingSpace OLD = new EmbeddingSpace("m@1", 2, "old");
    private static final EmbeddingSpace NEW = new EmbeddingSpace("m@2", 3, "new");

    private final MemoryGalleries galleries = new MemoryGalleries();
    private final MemoryImages images = new MemoryImages();
    private final Gallery source = galleries.create("source", OLD);
    private final Gallery target = galleries.create("target", NEW);
    private final NewEmbedder embedder = new NewEmbedder();
    private final Reembedder reembedder = reembedder(Optional.of(new KeptImages(images, galleries)));

    private Reembedder reembedder(Optional<KeptImages> kept) {
        return new Reembedder(
                new Embedders(List.of(embedder)),
                galleries,
                kept,
                new Admission(1, Duration.ofMillis(1)),
                Runnable::run);
    }

    @Test
    void bringsOverEverythingUnderTheSameNames() {
        Registration registered = register("r1", "a", "one", Map.of("source", "scanner"));

        ReembedStep step = step(false, Optional.empty()).join();

        assertThat(step).isEqualTo(new ReembedStep(1, 0, 0, 0, List.of(), Optional.empty()));
        assertThat(galleries.all(target.id()))
                .containsExactly(new Registration(
                        target.id(),
                        registered.id(),
                        registered.label(),
                        registered.content(),
                        embedding("one"),
                        registered.attributes(),
                        registered.createTime()));
        assertThat(galleries.all(source.id())).containsExactly(registered);
    }

    @Test
    void goesOnWhereItBrokeOffAndEmbedsNothingTwice() {
        for (int i = 0; i < 5; i++) {
            register("r" + i, "a", "image " + i, Map.of());
        }
        ReembedStep first = step(false, Optional.empty()).join();
        assertThat(first.embedded()).isEqualTo(2);
        embedder.away = true;
        assertThat(step(false, first.nextToken()).exceptionNow()).isInstanceOf(Unavailable.class);
        embedder.away = false;

        ReembedStep second = step(false, first.nextToken()).join();
        ReembedStep third = step(false, second.nextToken()).join();
        assertThat(third.embedded()).isEqualTo(1);
        assertThat(third.nextToken()).isEmpty();
        assertThat(embedder.asked).containsExactly("image 0", "image 1", "image 2", "image 3", "image 4");

        // From the beginning once more.
        assertThat(step(false, Optional.empty()).join().present()).isEqualTo(2);
        assertThat(embedder.asked).hasSize(5);
    }

    @Test
    void tellsOneByOneWhatCannotBeBroughtOver() {
        register("r1", "a", "one", Map.of());
        images.kept.clear();
        register("r2", "a", "two", Map.of());
        images.damaged.add(digest("two"));
        register("r3", "a", "broken", Map.of());
        register("r4", "untakable", "four", Map.of());
        register("r5", "a", "five", Map.of());
        register("r6", "a", "six", Map.of());
        galleries.untakable = LabelPath.of("untakable");
        galleries.addAll(target.id(), List.of(inTarget("r6", "a", "other")));

        ReembedStep step = step(false, 100, Optional.empty()).join();

        assertThat(step.embedded()).isEqualTo(1);
        assertThat(step.failures())
                .extracting(failure -> failure.id().value())
                .containsExactlyInAnyOrder("r1", "r2", "r3", "r4", "r6");
        assertThat(why(step, "r1"))
                .isInstanceOf(PreconditionUnmet.class)
                .hasMessage("galleries/source/registrations/r1: its image was not kept (expected: an image with digest "
                        + digest("one").hex() + ")");
        assertThat(why(step, "r2")).isInstanceOf(PreconditionUnmet.class).hasMessageContaining("damaged");
        assertThat(why(step, "r3")).isInstanceOf(InvalidInput.class);
        assertThat(why(step, "r4")).isInstanceOf(InvalidInput.class);
        assertThat(why(step, "r6")).isInstanceOf(AlreadyExists.class);
    }

    private static Failure why(ReembedStep step, String id) {
        return step.failures().stream()
                .filter(failure -> failure.id().value().equals(id))
                .findFirst()
                .orElseThrow()
                .why();
    }

    @Test
    void mirrorsLabelsAndDeletionsOnlyWhenAsked() {
        register("r1", "a", "one", Map.of());
        register("r2", "a", "two", Map.of());
        step(false, Optional.empty()).join();
        galleries.relabel(source.id(), new RegistrationId("r1"), LabelPath.of("b"));
        galleries.delete(source.id(), new RegistrationId("r2"));

        ReembedStep added = step(false, Optional.empty()).join();
        assertThat(added.failures()).hasSize(1);
        assertThat(added.nextToken()).isEmpty();
        assertThat(galleries.all(target.id())).hasSize(2);

        ReembedStep corrected = step(true, Optional.empty()).join();
        assertThat(corrected.corrected()).isEqualTo(1);
        ReembedStep deleted = step(true, corrected.nextToken()).join();
        assertThat(deleted.deleted()).isEqualTo(1);
        assertThat(deleted.nextToken()).isEmpty();
        assertThat(galleries.all(target.id()))
                .singleElement()
                .satisfies(left -> assertThat(left.label()).isEqualTo(LabelPath.of("b")));
    }

    @Test
    void aPolicyThatIsChangedMeanwhileDoesNotBreakTheDeletionsOff() {
        register("r1", "a", "one", Map.of());
        step(false, Optional.empty()).join();
        galleries.delete(source.id(), new RegistrationId("r1"));
        Optional<String> deleting = step(true, Optional.empty()).join().nextToken();
        galleries.whenAsked = () -> galleries.update(
                target.id(), gallery -> gallery.with("other", new DecisionPolicy(1e-3, 0.9, Map.of(), 0)));

        assertThat(step(true, deleting).join().deleted()).isEqualTo(1);
        assertThat(galleries.find(target.id()).orElseThrow().displayName()).isEqualTo("other");
    }

    @Test
    void deletesNothingInAGalleryThatTookTheNameMeanwhile() {
        register("r1", "a", "one", Map.of());
        step(false, Optional.empty()).join();
        galleries.delete(source.id(), new RegistrationId("r1"));
        Optional<String> deleting = step(true, Optional.empty()).join().nextToken();
        galleries.whenAsked = () -> {
            galleries.whenAsked = () -> {};
            galleries.exchange(source.id(), target.id());
        };

        assertThat(step(true, deleting).exceptionNow()).hasMessageContaining("another gallery than before");
    }

    @Test
    void doesNotGoOnOverGalleriesThatHaveExchangedTheirNames() {
        for (int i = 0; i < 3; i++) {
            register("r" + i, "a", "image " + i, Map.of());
        }
        Optional<String> token = step(true, Optional.empty()).join().nextToken();
        galleries.exchange(source.id(), target.id());

        assertThat(step(true, token).exceptionNow())
                .isInstanceOfSatisfying(
                        InvalidInput.class, e -> assertThat(e.field()).isEqualTo("page_token"));
    }

    @Test
    void saysWhatIsMissing() {
        assertThat(step(source.id(), source.id()).exceptionNow()).isInstanceOf(InvalidInput.class);
        assertThat(step(source.id(), new GalleryId("none")).exceptionNow()).isInstanceOf(NotFound.class);
        Gallery same = galleries.create("same", OLD);
        assertThat(condition(step(source.id(), same.id()))).isEqualTo("SAME_EMBEDDING_SPACE");
        Gallery third = galleries.create("third", new EmbeddingSpace("m@3", 3, "third"));
        assertThat(condition(step(source.id(), third.id()))).isEqualTo("MODEL_NOT_SERVED");
        assertThat(condition(reembedder(Optional.empty())
                        .step(new ReembedRequest(source.id(), target.id(), false, PageRequest.first(1)))))
                .isEqualTo("IMAGES_NOT_KEPT");
    }

    private static String condition(CompletableFuture<ReembedStep> step) {
        return ((PreconditionUnmet) step.exceptionNow()).condition();
    }

    @Test
    void cancellingAStepDropsItsImagesAndMakesRoom() {
        register("r1", "a", "one", Map.of());
        embedder.slow = true;
        CompletableFuture<ReembedStep> step = step(false, Optional.empty());
        assertThat(step(false, Optional.empty()).exceptionNow()).isInstanceOf(Overloaded.class);

        step.cancel(false);

        assertThat(embedder.pending).isCancelled();
        embedder.slow = false;
        assertThat(step(false, Optional.empty()).join().embedded()).isEqualTo(1);
    }

    private CompletableFuture<ReembedStep> step(GalleryId from, GalleryId to) {
        return reembedder.step(new ReembedRequest(from, to, false, PageRequest.first(1)));
    }

    private CompletableFuture<ReembedStep> step(boolean mirror, Optional<String> token) {
        return step(mirror, 2, token);
    }

    private CompletableFuture<ReembedStep> step(boolean mirror, int size, Optional<String> token) {
        return reembedder.step(new ReembedRequest(source.id(), target.id(), mirror, new PageRequest(size, token)));
    }

    private Registration register(String id, String label, String image, Map<String, String> attributes) {
        Registration registration = new Registration(
                source.id(),
                new RegistrationId(id),
                LabelPath.of(label),
                digest(image),
                Embedding.ofUnit(OLD, new float[] {1, 0}),
                attributes,
                Instant.ofEpochSecond(7));
        galleries.addAll(source.id(), List.of(registration));
        images.kept.put(digest(image), image(image));
        return registration;
    }

    private Registration inTarget(String id, String label, String image) {
        return new Registration(
                target.id(),
                new RegistrationId(id),
                LabelPath.of(label),
                digest(image),
                embedding(image),
                Map.of(),
                Instant.EPOCH);
    }

    private static EncodedImage image(String text) {
        return new EncodedImage(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ContentDigest digest(String text) {
        return image(text).digest();
    }

    private static Embedding embedding(String image) {
        return Embedding.normalised(NEW, new float[] {1, image.length(), image.hashCode() % 7});
    }

    /** Makes vectors of what images are called. */
    private static final class NewEmbedder implements Embedder {

        final List<String> asked = new ArrayList<>();
        boolean away;
        boolean slow;

        @Nullable
        CompletableFuture<EmbeddedImage> pending;

        @Override
        public EmbeddingSpace space() {
            return NEW;
        }

        @Override
        public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
            String text = new String(image.bytes(), StandardCharsets.UTF_8);
            if (slow) {
                pending = new CompletableFuture<>();
                return pending;
            }
            if (away) {
                return CompletableFuture.failedFuture(new Unavailable("away", Duration.ofSeconds(1)));
            }
            if (text.equals("broken")) {
                return CompletableFuture.failedFuture(new InvalidInput("image.content", "broken", "an image"));
            }
            asked.add(text);
            return CompletableFuture.completedFuture(new EmbeddedImage(embedding(text), StageDurations.NONE));
        }
    }
}
