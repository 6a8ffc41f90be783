package dev.mekiki.core.keeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mekiki.core.bulk.BulkImport;
import dev.mekiki.core.bulk.BulkImporter;
import dev.mekiki.core.bulk.ImportOptions;
import dev.mekiki.core.bulk.ImportOptions.ConflictPolicy;
import dev.mekiki.core.bulk.ImportRow;
import dev.mekiki.core.bulk.RowResult;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.MemoryGalleries;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.recognition.Admission;
import dev.mekiki.core.recognition.Query;
import dev.mekiki.core.recognition.Registrar;
import dev.mekiki.core.recognition.RegistrationRequest;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.StageDurations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeptImagesTest {

    private static final EmbeddingSpace SPACE = new EmbeddingSpace("m@1", 2, "digest");
    private static final LabelPath PASSPORT = LabelPath.of("passport");

    private final MemoryGalleries memory = new MemoryGalleries();
    private final MemoryImages images = new MemoryImages();
    private final KeptImages kept = new KeptImages(images, memory);
    private final ForgettingGalleries galleries = new ForgettingGalleries(memory, kept);
    private final Gallery one = memory.create("one", SPACE);
    private final Gallery other = memory.create("other", SPACE);
    private final Registrar registrar = new Registrar(
            new Embedders(List.of(new LengthEmbedder())),
            galleries,
            Optional.of(kept),
            new Admission(10, Duration.ofMillis(1)),
            Runnable::run,
            () -> Instant.EPOCH,
            () -> 0);

    @Test
    void keepsTheImageOfARegistrationUntilItIsDeleted() {
        Registration registered = register(one, "a");
        assertThat(images.kept).containsOnlyKeys(digest("a"));

        galleries.registrations().delete(one.id(), registered.id());

        assertThat(images.kept).isEmpty();
        assertThat(images.unsettled).isEmpty();
    }

    @Test
    void keepsAnImageThatAnotherRegistrationHasInWhateverGallery() {
        Registration first = register(one, "a");
        Registration second = register(other, "a");

        galleries.registrations().delete(one.id(), first.id());
        assertThat(images.kept).containsOnlyKeys(digest("a"));
        galleries.registrations().delete(other.id(), second.id());
        assertThat(images.kept).isEmpty();
    }

    @Test
    void doesNotKeepTheImageOfARegistrationThatWasRefused() {
        memory.untakable = PASSPORT;
        assertThat(registering(one, "a").exceptionNow()).isInstanceOf(InvalidInput.class);
        memory.untakable = null;
        assertThat(images.kept).isEmpty();
    }

    @Test
    void acknowledgesNothingWhoseImageCannotBeKept() {
        images.full = true;
        assertThat(registering(one, "a").exceptionNow()).isInstanceOf(Unavailable.class);
        assertThat(memory.all(one.id())).isEmpty();
    }

    @Test
    void deletesTheImagesOfALabelAndOfAGallery() {
        register(one, "a");
        register(one, "b");
        register(other, "b");
        register(other, "c");

        assertThat(galleries.labels().delete(one.id(), PASSPORT, 1)).isEqualTo(1);
        assertThat(galleries.labels().delete(one.id(), PASSPORT, 10_000)).isEqualTo(1);
        assertThat(galleries.labels().delete(one.id(), PASSPORT, 10_000)).isZero();
        assertThat(images.kept).containsOnlyKeys(digest("b"), digest("c"));
        galleries.catalogue().delete(other.id());
        assertThat(images.kept).isEmpty();
        assertThat(images.unsettled).isEmpty();
    }

    @Test
    void settlesWhatWasInDoubtWhenTheProcessWasKilled() {
        register(one, "a");
        kept.hold(Map.of(digest("b"), image("b")));
        images.doubt(Set.of(digest("a"), digest("b"), digest("c")));

        // Another process, which holds nothing.
        new KeptImages(images, memory).leftovers().run();

        assertThat(images.kept).containsOnlyKeys(digest("a"));
        assertThat(images.unsettled).isEmpty();
    }

    @Test
    void keepsTheDoubtWhileTheGalleriesAreAway() {
        Registration registered = register(one, "a");
        memory.away = true;
        assertThatExceptionOfType(Unavailable.class)
                .isThrownBy(() -> kept.deleting(Set.of(registered.content()), () -> {
                    throw new Unavailable("away", Duration.ZERO);
                }));
        assertThat(images.kept).hasSize(1);
        assertThat(images.unsettled).hasSize(1);
    }

    @Test
    void saysWhatWasNotThere() {
        assertThatExceptionOfType(NotFound.class)
                .isThrownBy(() -> galleries.registrations().delete(one.id(), new RegistrationId("none")));
    }

    /** The deletion looks, finds nobody; meanwhile the same content is registered: that waits, and keeps it again. */
    @Test
    void aRegistrationDuringTheDeletionOfTheSameContentHasItsImage() throws Exception {
        Registration registered = register(one, "a");
        CountDownLatch asked = new CountDownLatch(1);
        AtomicReference<Thread> registering = new AtomicReference<>();
        memory.whenAsked = () -> {
            memory.whenAsked = () -> {};
            registering.set(Thread.ofPlatform().start(() -> {
                asked.countDown();
                register(other, "a");
            }));
            try {
                asked.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };

        galleries.registrations().delete(one.id(), registered.id());
        Objects.requireNonNull(registering.get()).join();

        assertThat(memory.all(other.id())).hasSize(1);
        assertThat(images.kept).containsOnlyKeys(digest("a"));
    }

    /** A deletion while the same content is held leaves it to whoever holds it. */
    @Test
    void whoeverHoldsAnImageThatIsInDoubtLooksAgain() {
        KeptImages.Hold hold = kept.hold(Map.of(digest("a"), image("a")));
        Registration registered = register(one, "a");
        galleries.registrations().delete(one.id(), registered.id());
        assertThat(images.kept).hasSize(1);

        hold.confirm(Set.of(digest("a")));
        hold.close();

        assertThat(images.kept).isEmpty();
    }

    @Test
    void doesNotTakeAGalleryForAnotherThatExchangesNamesMeanwhile() {
        register(other, "a");
        Registration registered = register(one, "a");
        // "one" is asked first and holds nothing any more; then it becomes "other", which would be asked next.
        memory.whenAsked = () -> {
            memory.whenAsked = () -> {};
            memory.exchange(one.id(), other.id());
        };
        galleries.registrations().delete(one.id(), registered.id());

        assertThat(images.kept).containsOnlyKeys(digest("a"));
    }

    @Test
    void keepsImagesOfAnImportButNotThoseOfRefusedRows() {
        registered(importing(row("passport", "a"), row("passport", "a"), row("visa", "a"), row("passport", "broken")));
        assertThat(images.kept).containsOnlyKeys(digest("a"));
        assertThat(images.unsettled).isEmpty();
    }

    @Test
    void importingAgainProvidesImagesOfWhatIsThereAlready() {
        registered(importing(row("passport", "a")));
        images.kept.clear();

        assertThat(importing(row("passport", "a")).join())
                .extracting(RowResult::fate)
                .containsExactly(RowResult.Fate.PRESENT);

        assertThat(images.kept).containsOnlyKeys(digest("a"));
    }

    @Test
    void keepsTheImageOfARegistrationThatIsNotShownYet() {
        memory.showNothingMore();
        KeepingImport into = new KeepingImport(begin(false), kept, Runnable::run);
        registered(into.add(0, () -> List.of(row("passport", "a"))));

        assertThat(into.add(1, () -> List.of(row("visa", "a"))).join())
                .extracting(RowResult::fate)
                .containsExactly(RowResult.Fate.REFUSED);
        memory.showAll();

        assertThat(images.kept).containsOnlyKeys(digest("a"));
        assertThat(images.unsettled).isEmpty();
    }

    @Test
    void keepsNoImagesOfAnImportThatOnlyChecks() {
        importing(true, row("passport", "a")).join();
        assertThat(images.kept).isEmpty();
    }

    private static void registered(CompletableFuture<List<RowResult>> results) {
        assertThat(results.join()).first().extracting(RowResult::fate).isEqualTo(RowResult.Fate.REGISTERED);
    }

    private CompletableFuture<List<RowResult>> importing(ImportRow... rows) {
        return importing(false, rows);
    }

    private CompletableFuture<List<RowResult>> importing(boolean validateOnly, ImportRow... rows) {
        return new KeepingImport(begin(validateOnly), kept, Runnable::run).add(0, () -> List.of(rows));
    }

    private BulkImport begin(boolean validateOnly) {
        BulkImporter importer =
                new BulkImporter(_ -> Optional.of(new LengthEmbedder()), galleries, Runnable::run, () -> Instant.EPOCH);
        return importer.begin(one.id(), new ImportOptions(validateOnly, ConflictPolicy.REJECT, OptionalDouble.empty()))
                .join();
    }

    private static ImportRow row(String label, String image) {
        return new ImportRow.Readable(
                LabelPath.parse(label),
                new Query.OfImage(image(image)),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private Registration register(Gallery gallery, String image) {
        return registering(gallery, image).join();
    }

    private CompletableFuture<Registration> registering(Gallery gallery, String image) {
        return registrar
                .register(
                        new RegistrationRequest(
                                gallery.id(), Optional.empty(), PASSPORT, new Query.OfImage(image(image)), Map.of()),
                        Deadline.NONE)
                .handle((reply, failure) -> {
                    if (failure instanceof RuntimeException e) {
                        throw e;
                    }
                    return reply.registration();
                });
    }

    private static EncodedImage image(String text) {
        return new EncodedImage(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ContentDigest digest(String text) {
        return image(text).digest();
    }

    /** Answers at once. */
    private static final class LengthEmbedder implements Embedder {

        @Override
        public EmbeddingSpace space() {
            return SPACE;
        }

        @Override
        public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
            if (image.size() > 1) {
                return CompletableFuture.failedFuture(new InvalidInput("image.content", "broken", "an image"));
            }
            return CompletableFuture.completedFuture(
                    new EmbeddedImage(Embedding.ofUnit(SPACE, new float[] {1, 0}), StageDurations.NONE));
        }
    }
}
