package dev.mekiki.core.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mekiki.core.bulk.Finding.Other;
import dev.mekiki.core.bulk.ImportOptions.ConflictPolicy;
import dev.mekiki.core.bulk.RowResult.Fate;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.MemoryGalleries;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.recognition.Query;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.StageDurations;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Everything runs on the test's own thread, when the test says so. */
class BulkImportTest {

    private static final EmbeddingSpace SPACE = new EmbeddingSpace("m@1", 2, "digest");
    private static final GalleryId GALLERY = new GalleryId("documents");
    private static final ImportOptions REJECT = new ImportOptions(false, ConflictPolicy.REJECT, OptionalDouble.empty());
    private static final ImportOptions ACCEPT = new ImportOptions(false, ConflictPolicy.ACCEPT, OptionalDouble.empty());

    private final MemoryGalleries galleries = new MemoryGalleries();
    private final PuppetEmbedder embedder = new PuppetEmbedder();
    private final Queue<Runnable> threads = new ArrayDeque<>();

    BulkImportTest() {
        galleries.create(GALLERY.value(), SPACE);
    }

    @Test
    void registersImagesAndVectorsAsTheRegistrarDoes() {
        ImportRow.Readable dated = new ImportRow.Readable(
                LabelPath.of("a", "x"),
                vector(0.6),
                Map.of("source", "scanner"),
                Optional.of(new RegistrationId("own-id")),
                Optional.of(digest("the image")),
                Optional.of(Instant.ofEpochMilli(7)));

        List<RowResult> results = imported(REJECT, 0, image("a", "one"), row("b", vector(0)), dated);

        assertThat(results).extracting(RowResult::fate).containsOnly(Fate.REGISTERED);
        assertThat(results).extracting(RowResult::finding).containsOnly(Optional.empty());
        Registration image = held("a", digest("one"));
        assertThat(image.content()).isEqualTo(digest("one"));
        assertThat(image.createTime()).isEqualTo(Instant.ofEpochMilli(5_123));
        assertThat(held("b", embedding(0).digest()).embedding()).isEqualTo(embedding(0));
        Registration restored =
                galleries.find(GALLERY, new RegistrationId("own-id")).orElseThrow();
        assertThat(restored.content()).isEqualTo(digest("the image"));
        assertThat(restored.createTime()).isEqualTo(Instant.ofEpochMilli(7));
        assertThat(restored.attributes()).containsEntry("source", "scanner");
        assertThat(galleries.appends).isEqualTo(1);
    }

    @Test
    void doesNotEmbedWhatIsThereAlready() {
        imported(REJECT, 0, image("a", "one"), image("a", "two"));
        embedder.asked.clear();

        List<RowResult> results = imported(REJECT, 0, image("a", "one"), image("a", "three"), image("a", "two"));

        assertThat(fates(results)).containsExactly(Fate.PRESENT, Fate.REGISTERED, Fate.PRESENT);
        assertThat(embedder.asked.keySet()).containsExactly("three");
        assertThat(galleries.all(GALLERY)).hasSize(3);
    }

    @Test
    void embedsTheSameBytesOnce() {
        List<RowResult> results = imported(REJECT, 0, image("a", "one"), image("a/x", "one"), image("a", "one"));

        assertThat(fates(results)).containsExactly(Fate.REGISTERED, Fate.REGISTERED, Fate.PRESENT);
        assertThat(results.get(1).finding()).contains(new Finding.Duplicate(new Other.Row(0, LabelPath.of("a"))));
        assertThat(embedder.asked.keySet()).containsExactly("one");
    }

    @Test
    void rejectsOnlyTheRowThatIsWrong() {
        InvalidInput unreadable = new InvalidInput("label.main", "\"\"", "a label");

        List<RowResult> results = imported(
                REJECT,
                0,
                image("a", "one"),
                new ImportRow.Unreadable(unreadable),
                image("b", "broken"),
                image("c", "x"));

        assertThat(fates(results)).containsExactly(Fate.REGISTERED, Fate.REFUSED, Fate.REFUSED, Fate.REGISTERED);
        assertThat(results.get(1).finding()).contains(new Finding.Rejected(unreadable));
        assertThat(results.get(2).finding())
                .hasValueSatisfying(finding -> assertThat(finding)
                        .isInstanceOfSatisfying(
                                Finding.Rejected.class,
                                rejected -> assertThat(rejected.why()).hasMessageContaining("image.content")));
    }

    @Test
    void rejectsANameThatOtherContentOrAnotherLabelHas() {
        imported(REJECT, 0, named("r1", image("a", "one")), named("r2", image("b", "two")));
        embedder.asked.clear();

        List<RowResult> results = imported(
                ACCEPT,
                0,
                named("r1", image("a", "other")),
                named("r2", image("a", "two")),
                named("r1", image("a", "one")),
                named("r3", image("c", "three")),
                named("r3", image("c", "four")));

        assertThat(fates(results))
                .containsExactly(Fate.REFUSED, Fate.REFUSED, Fate.PRESENT, Fate.REGISTERED, Fate.REFUSED);
        assertThat(List.of(results.get(0), results.get(1), results.get(4)))
                .extracting(result -> result.finding().orElseThrow())
                .allSatisfy(finding -> assertThat(finding)
                        .isInstanceOfSatisfying(
                                Finding.Rejected.class,
                                rejected -> assertThat(rejected.why()).isInstanceOf(AlreadyExists.class)));
        assertThat(embedder.asked.keySet()).containsExactly("three", "four");
    }

    @Test
    void reportsTheSameBytesUnderAnotherSubLabelAndRegistersThem() {
        imported(REJECT, 0, image("a/x", "one"));
        RegistrationId first = RegistrationId.derived(GALLERY, LabelPath.of("a", "x"), digest("one"));

        List<RowResult> results = imported(REJECT, 0, image("a/y", "one"));

        assertThat(results)
                .containsExactly(new RowResult(
                        Fate.REGISTERED,
                        Optional.of(new Finding.Duplicate(new Other.Stored(first, LabelPath.of("a", "x"))))));
    }

    @Test
    void rejectsTheSameBytesUnderAnotherMainLabelBeforeTheyCostAnything() {
        imported(REJECT, 0, image("a", "one"));
        embedder.asked.clear();

        List<RowResult> results = imported(REJECT, 0, image("b", "one"), image("b", "two"), image("c/x", "two"));

        assertThat(fates(results)).containsExactly(Fate.REFUSED, Fate.REGISTERED, Fate.REFUSED);
        assertThat(results.get(0).finding())
                .contains(new Finding.ConflictingContent(new Other.Stored(
                        RegistrationId.derived(GALLERY, LabelPath.of("a"), digest("one")), LabelPath.of("a"))));
        assertThat(results.get(2).finding())
                .contains(new Finding.ConflictingContent(new Other.Row(1, LabelPath.of("b"))));
        assertThat(embedder.asked.keySet()).containsExactly("two");
    }

    @Test
    void registersContradictionsWhereTheyAreAcceptedAndReportsThem() {
        imported(REJECT, 0, image("a", "one"));

        List<RowResult> results = imported(ACCEPT, 0, image("b", "one"));

        assertThat(fates(results)).containsExactly(Fate.REGISTERED);
        assertThat(results.getFirst().finding())
                .hasValueSatisfying(finding -> assertThat(finding).isInstanceOf(Finding.ConflictingContent.class));
        assertThat(fates(imported(REJECT, 0, image("b", "one")))).containsExactly(Fate.PRESENT);
    }

    @Test
    void findsNearlyIdenticalVectorsUnderAnotherMainLabelInTheGalleryAndInTheBatch() {
        ImportOptions near = new ImportOptions(false, ConflictPolicy.REJECT, OptionalDouble.of(0.99));
        imported(REJECT, 0, row("a", vector(0)), row("b", vector(0.01)));

        List<RowResult> results = imported(
                near, 10, row("b", vector(0.02)), row("c", vector(1)), row("d", vector(1.05)), row("c", vector(1.06)));

        assertThat(fates(results)).containsExactly(Fate.REFUSED, Fate.REGISTERED, Fate.REFUSED, Fate.REGISTERED);
        assertThat(results.get(0).finding().orElseThrow())
                .isInstanceOfSatisfying(Finding.ConflictingEmbedding.class, conflict -> {
                    assertThat(conflict.other().label()).isEqualTo(LabelPath.of("a"));
                    assertThat(conflict.score().cosine()).isEqualTo(embedding(0).cosine(embedding(0.02)));
                });
        assertThat(results.get(2).finding().orElseThrow())
                .isInstanceOfSatisfying(
                        Finding.ConflictingEmbedding.class,
                        conflict -> assertThat(conflict.other()).isEqualTo(new Other.Row(11, LabelPath.of("c"))));
    }

    @Test
    void doesNotLookVectorsUpUnlessAskedTo() {
        imported(REJECT, 0, row("a", vector(0)), row("b", vector(0)));

        assertThat(galleries.lookUps).isZero();
    }

    @Test
    void registersNothingWhereItOnlyChecksButFindsWhatItWouldFind() {
        ImportOptions check = new ImportOptions(true, ConflictPolicy.REJECT, OptionalDouble.empty());
        imported(REJECT, 0, image("a", "one"));
        BulkImport checking = begin(check);

        List<RowResult> first = add(checking, 0, image("a", "one"), image("b", "one"), image("b", "two"));
        List<RowResult> second = add(checking, 3, image("c", "two"), image("b", "broken"));

        assertThat(fates(first)).containsExactly(Fate.PRESENT, Fate.REFUSED, Fate.REGISTERED);
        assertThat(fates(second)).containsExactly(Fate.REFUSED, Fate.REFUSED);
        assertThat(second.getFirst().finding())
                .contains(new Finding.ConflictingContent(new Other.Row(2, LabelPath.of("b"))));
        assertThat(galleries.all(GALLERY)).hasSize(1);
    }

    @Test
    void findsInBatchesSideBySideWhatItWouldFindOneAfterAnother() {
        embedder.answersAtOnce = false;
        BulkImport bulk = begin(REJECT);
        CompletableFuture<List<RowResult>> first = bulk.add(0, () -> List.of(image("a", "one"), image("a", "two")));
        CompletableFuture<List<RowResult>> second = bulk.add(
                2, () -> List.of(image("b", "one"), image("a", "two"), image("c", "broken"), image("d", "broken")));
        runThreads();

        embedder.answer("one", 1);
        embedder.answer("two", 1);
        embedder.answer("broken", 0);
        runThreads();
        assertThat(second).isNotDone();
        assertThat(galleries.all(GALLERY)).isEmpty();

        embedder.answer("one", 0);
        embedder.answer("two", 0);
        runThreads();

        assertThat(fates(first.join())).containsExactly(Fate.REGISTERED, Fate.REGISTERED);
        assertThat(fates(second.join())).containsExactly(Fate.REFUSED, Fate.PRESENT, Fate.REFUSED, Fate.REFUSED);
        assertThat(second.join().getFirst().finding())
                .contains(new Finding.ConflictingContent(new Other.Row(0, LabelPath.of("a"))));
        assertThat(galleries.all(GALLERY)).hasSize(2);
    }

    @Test
    void findsWhatIsDurableButNotShownYet() {
        ImportOptions near = new ImportOptions(false, ConflictPolicy.REJECT, OptionalDouble.of(0.99));
        galleries.showNothingMore();
        BulkImport bulk = begin(near);
        assertThat(fates(add(bulk, 0, image("a", "one"), row("a", vector(0)))))
                .containsExactly(Fate.REGISTERED, Fate.REGISTERED);

        List<RowResult> results = add(bulk, 2, image("a", "one"), image("b", "one"), row("b", vector(0.01)));

        assertThat(fates(results)).containsExactly(Fate.PRESENT, Fate.REFUSED, Fate.REFUSED);
        assertThat(results.get(1).finding())
                .contains(new Finding.ConflictingContent(new Other.Row(0, LabelPath.of("a"))));
        assertThat(results.get(2).finding().orElseThrow())
                .isInstanceOfSatisfying(
                        Finding.ConflictingEmbedding.class,
                        conflict -> assertThat(conflict.other()).isEqualTo(new Other.Row(1, LabelPath.of("a"))));
    }

    @Test
    void saysWhenEverythingIsShown() {
        galleries.showNothingMore();
        BulkImport bulk = begin(REJECT);
        add(bulk, 0, image("a", "one"));
        CompletableFuture<Void> shown = bulk.shown();
        assertThat(shown).isNotDone();

        galleries.showAll();

        assertThat(shown).isCompleted();
        List<RowResult> results = add(bulk, 1, image("b", "one"));
        assertThat(results.getFirst().finding().orElseThrow())
                .isInstanceOfSatisfying(
                        Finding.ConflictingContent.class,
                        conflict -> assertThat(conflict.other()).isInstanceOf(Other.Stored.class));
        assertThat(bulk.shown()).isCompleted();
    }

    @Test
    void beginsOnceWhatImportsBeforeHaveStoredIsShown() {
        galleries.showNothingMore();
        BulkImporter importer = importer();
        CompletableFuture<BulkImport> before = importer.begin(GALLERY, REJECT);
        runThreads();
        add(before.join(), 0, image("a", "one"));

        CompletableFuture<BulkImport> begun = importer.begin(GALLERY, REJECT);
        runThreads();
        assertThat(begun).isNotDone();
        galleries.showAll();
        runThreads();

        assertThat(fates(add(begun.join(), 0, image("b", "one")))).containsExactly(Fate.REFUSED);
    }

    @Test
    void failsAsAWholeWhenTheStoreIsAwayAndMayBeRepeated() {
        galleries.away = true;
        BulkImport bulk = begin(REJECT);
        CompletableFuture<List<RowResult>> first = bulk.add(0, () -> List.of(image("a", "one")));
        CompletableFuture<List<RowResult>> second = bulk.add(1, () -> List.of(image("a", "two")));
        runThreads();

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(first::join)
                .withCauseInstanceOf(Unavailable.class);
        galleries.away = false;
        runThreads();
        assertThat(second).isCompletedExceptionally();

        assertThat(fates(imported(REJECT, 0, image("a", "one"), image("a", "two"))))
                .containsExactly(Fate.REGISTERED, Fate.REGISTERED);
    }

    @Test
    void rejectsOnlyTheRowThatTheStoreDoesNotTake() {
        galleries.untakable = LabelPath.of("x");

        List<RowResult> results = imported(
                REJECT, 0, image("a", "1"), image("b", "2"), image("x", "3"), image("c", "4"), image("d", "5"));

        assertThat(fates(results))
                .containsExactly(Fate.REGISTERED, Fate.REGISTERED, Fate.REFUSED, Fate.REGISTERED, Fate.REGISTERED);
        assertThat(galleries.all(GALLERY)).hasSize(4);
    }

    @Test
    void rejectsImagesWhereNoModelOfTheGallerysSpaceIsServed() {
        BulkImporter importer = new BulkImporter(_ -> Optional.empty(), galleries, threads::add, () -> Instant.EPOCH);
        CompletableFuture<BulkImport> begun = importer.begin(GALLERY, REJECT);
        runThreads();

        List<RowResult> results = add(begun.join(), 0, image("a", "one"), row("a", vector(0)));

        assertThat(fates(results)).containsExactly(Fate.REFUSED, Fate.REGISTERED);
    }

    @Test
    void doesNotBeginInAGalleryThatDoesNotExist() {
        CompletableFuture<BulkImport> begun = importer().begin(new GalleryId("other"), REJECT);
        runThreads();

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(begun::join)
                .withCauseInstanceOf(NotFound.class);
    }

    @Test
    void dropsWhatHasNotBeenEmbeddedWhenItIsAbandoned() {
        embedder.answersAtOnce = false;
        BulkImport bulk = begin(REJECT);
        CompletableFuture<List<RowResult>> result = bulk.add(0, () -> List.of(image("a", "one"), row("a", vector(0))));
        runThreads();

        bulk.abandon();
        runThreads();

        assertThat(embedder.asked.get("one")).allMatch(CompletableFuture::isCancelled);
        assertThat(result).isCompletedExceptionally();
        assertThat(galleries.all(GALLERY)).isEmpty();
        assertThat(bulk.add(2, List::of)).isCompletedExceptionally();
    }

    private BulkImporter importer() {
        return new BulkImporter(
                space -> space.equals(SPACE) ? Optional.of(embedder) : Optional.empty(),
                galleries,
                threads::add,
                () -> Instant.ofEpochSecond(5, 123_456_789));
    }

    private BulkImport begin(ImportOptions options) {
        CompletableFuture<BulkImport> begun = importer().begin(GALLERY, options);
        runThreads();
        return begun.join();
    }

    private List<RowResult> imported(ImportOptions options, long offset, ImportRow... rows) {
        return add(begin(options), offset, rows);
    }

    private List<RowResult> add(BulkImport bulk, long offset, ImportRow... rows) {
        CompletableFuture<List<RowResult>> results = bulk.add(offset, () -> List.of(rows));
        runThreads();
        return results.join();
    }

    private void runThreads() {
        while (!threads.isEmpty()) {
            threads.remove().run();
        }
    }

    private Registration held(String label, ContentDigest content) {
        return galleries
                .find(GALLERY, RegistrationId.derived(GALLERY, LabelPath.parse(label), content))
                .orElseThrow();
    }

    private static List<Fate> fates(List<RowResult> results) {
        return results.stream().map(RowResult::fate).toList();
    }

    private static ContentDigest digest(String content) {
        return ContentDigest.of(content.getBytes(StandardCharsets.UTF_8));
    }

    /** The unit vector of an angle. */
    private static Embedding embedding(double angle) {
        return Embedding.ofUnit(SPACE, new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
    }

    private static ImportRow.Readable image(String label, String content) {
        return row(label, new Query.OfImage(new EncodedImage(content.getBytes(StandardCharsets.UTF_8))));
    }

    private static ImportRow.Readable row(String label, Query source) {
        return new ImportRow.Readable(
                LabelPath.parse(label), source, Map.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Query.OfEmbedding vector(double angle) {
        return new Query.OfEmbedding(embedding(angle));
    }

    private static ImportRow.Readable named(String id, ImportRow.Readable row) {
        return new ImportRow.Readable(
                row.label(),
                row.source(),
                row.attributes(),
                Optional.of(new RegistrationId(id)),
                row.content(),
                row.createTime());
    }

    /** Makes a vector of an image's length, at once or when the test says so; what is called broken is no image. */
    private static final class PuppetEmbedder implements Embedder {
        final Map<String, List<CompletableFuture<EmbeddedImage>>> asked = new LinkedHashMap<>();
        boolean answersAtOnce = true;

        @Override
        public EmbeddingSpace space() {
            return SPACE;
        }

        @Override
        public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
            String content = new String(image.bytes(), StandardCharsets.UTF_8);
            List<CompletableFuture<EmbeddedImage>> answers = asked.computeIfAbsent(content, _ -> new ArrayList<>());
            answers.add(new CompletableFuture<>());
            if (answersAtOnce) {
                answer(content, answers.size() - 1);
            }
            return answers.getLast();
        }

        void answer(String content, int index) {
            CompletableFuture<EmbeddedImage> answer =
                    Objects.requireNonNull(asked.get(content)).get(index);
            if (content.equals("broken")) {
                answer.completeExceptionally(new InvalidInput("image.content", "text", "an image"));
            } else {
                answer.complete(new EmbeddedImage(embedding(content.hashCode()), StageDurations.NONE));
            }
        }
    }
}
