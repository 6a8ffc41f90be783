package dev.mekiki.service.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.analysis.drift.DecisionSketch;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.label.LabelPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DecisionLogTest {

    private static final Instant START = Instant.parse("2026-11-20T10:20:00Z");
    private static final Instant HOUR = Instant.parse("2026-11-20T10:00:00Z");
    private static final Duration RETENTION = Duration.ofDays(35);
    private static final Gallery DOCUMENTS = gallery("documents", 1, "old");
    private static final Gallery NEXT = gallery("documents-next", 2, "new");

    @TempDir
    Path folder;

    private Instant now = START;
    private final ListedGalleries catalogue = new ListedGalleries();
    private DecisionLog log = DecisionLog.open(() -> now, RETENTION, Optional.empty());

    @AfterEach
    void close() throws IOException {
        log.close();
    }

    @Test
    void countsTheCurrentHour() {
        assertThat(all(DOCUMENTS)).isEmpty();

        decide(DOCUMENTS, 3);

        assertThat(all(DOCUMENTS)).singleElement().satisfies(sketch -> {
            assertThat(sketch.start()).isEqualTo(HOUR);
            assertThat(sketch.span()).isEqualTo(Duration.ofHours(1));
            assertThat(sketch.decisions()).isEqualTo(3);
        });
        assertThat(all(NEXT)).isEmpty();
    }

    @Test
    void eachHourIsASketchOfItsOwn() {
        decide(DOCUMENTS, 3);
        now = START.plus(Duration.ofHours(2));
        decide(DOCUMENTS, 4);

        assertThat(all(DOCUMENTS)).extracting(DecisionSketch::decisions).containsExactly(3L, 4L);
        assertThat(log.sketches(DOCUMENTS, HOUR, HOUR.plus(Duration.ofHours(2))))
                .extracting(DecisionSketch::start)
                .containsExactly(HOUR);
        assertThat(log.sketches(DOCUMENTS, HOUR.plusNanos(1), Instant.MAX))
                .extracting(DecisionSketch::decisions)
                .containsExactly(4L);
    }

    @Test
    void addsHoursUpToDaysAndDropsThemInTheEnd() {
        for (int hour = 0; hour < 72; hour++) {
            now = HOUR.plus(Duration.ofHours(hour));
            decide(DOCUMENTS, 1);
            tick();
        }

        List<DecisionSketch> sketches = all(DOCUMENTS);
        assertThat(sketches)
                .extracting(DecisionSketch::decisions)
                .startsWith(14L, 9L, 1L)
                .hasSize(2 + 49);
        assertThat(sketches.getFirst().start()).isEqualTo(HOUR);
        assertThat(sketches.getFirst().end()).isEqualTo(Instant.parse("2026-11-21T00:00:00Z"));

        now = HOUR.plus(Duration.ofDays(36));
        tick();
        assertThat(all(DOCUMENTS)).extracting(DecisionSketch::start).allMatch(start -> start.isAfter(HOUR));
        now = now.plus(Duration.ofDays(3));
        tick();
        assertThat(all(DOCUMENTS)).isEmpty();
        decide(DOCUMENTS, 2);
        assertThat(all(DOCUMENTS)).hasSize(1);
    }

    @Test
    void aClockThatIsSetBackLosesNothing() {
        decide(DOCUMENTS, 1);
        now = START.minus(Duration.ofMinutes(21));
        decide(DOCUMENTS, 1);
        assertThat(all(DOCUMENTS)).extracting(DecisionSketch::decisions).containsExactly(2L);

        now = START.minus(Duration.ofHours(5));
        decide(DOCUMENTS, 1);
        now = START;
        decide(DOCUMENTS, 1);
        assertThat(all(DOCUMENTS)).extracting(DecisionSketch::decisions).containsExactly(1L, 3L);
    }

    @Test
    void losesNoDecisionWhenHoursTurn() throws Exception {
        catalogue.galleries = List.of(DOCUMENTS);
        AtomicLong minutes = new AtomicLong();
        try (DecisionLog turning = DecisionLog.open(
                        () -> HOUR.plus(minutes.incrementAndGet(), ChronoUnit.MINUTES), RETENTION, Optional.empty());
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Integer>> decided = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                decided.add(() -> {
                    for (int i = 0; i < 500; i++) {
                        turning.record(DOCUMENTS, known(.8));
                        turning.tick(catalogue);
                    }
                    return 500;
                });
            }
            for (Future<Integer> done : threads.invokeAll(decided)) {
                assertThat(done.get()).isEqualTo(500);
            }
            assertThat(turning.sketches(DOCUMENTS, Instant.MIN, Instant.MAX).stream()
                            .mapToLong(DecisionSketch::decisions)
                            .sum())
                    .isEqualTo(2_000);
        }
    }

    @Test
    void galleriesThatExchangeTheirNamesBeginAnewAndGoOnWhenTheyChangeBack() {
        decide(DOCUMENTS, 3);
        decide(NEXT, 1);
        Gallery cutOver = NEXT.withId(DOCUMENTS.id());
        Gallery retired = DOCUMENTS.withId(NEXT.id());

        assertThat(all(cutOver)).isEmpty();
        assertThat(all(retired)).isEmpty();
        decide(cutOver, 2);

        assertThat(all(cutOver)).extracting(DecisionSketch::decisions).containsExactly(2L);
        assertThat(all(DOCUMENTS)).extracting(DecisionSketch::decisions).containsExactly(3L);
    }

    @Test
    void aGalleryThatIsDeletedIsForgottenUnderAnyName() {
        keepIn(folder);
        decide(DOCUMENTS, 3);
        decide(NEXT, 1);
        tick();

        log.forget(DOCUMENTS.withId(new GalleryId("retired")));

        assertThat(all(DOCUMENTS)).isEmpty();
        assertThat(all(NEXT)).hasSize(1);
        assertThat(files()).singleElement().asString().contains("documents-next-");
    }

    @Test
    void forgetsWhatAnotherReplicaDeleted() {
        decide(DOCUMENTS, 3);
        decide(NEXT, 1);
        catalogue.away = true;
        catalogue.galleries = List.of(NEXT.withId(DOCUMENTS.id()));
        tick();
        assertThat(all(DOCUMENTS)).hasSize(1);

        catalogue.away = false;
        now = now.plus(Duration.ofHours(2));
        log.tick(catalogue);

        assertThat(all(DOCUMENTS)).isEmpty();
        assertThat(all(NEXT)).hasSize(1);
    }

    @Test
    void forgetsThemAlthoughTheClockWasSetBack() {
        now = START.plus(Duration.ofDays(3650));
        tick();
        now = START;
        decide(DOCUMENTS, 3);
        catalogue.galleries = List.of();

        log.tick(catalogue);

        assertThat(all(DOCUMENTS)).isEmpty();
    }

    @Test
    void countsNoMoreGalleriesThanThereIsRoomFor() {
        for (int i = 0; i < DecisionLog.MOST_GALLERIES; i++) {
            decide(gallery("g" + i, 100 + i, "old"), 1);
        }
        decide(DOCUMENTS, 1);
        assertThat(all(DOCUMENTS)).isEmpty();

        log.forget(gallery("g5", 105, "old"));
        decide(DOCUMENTS, 1);
        assertThat(all(DOCUMENTS)).hasSize(1);
    }

    @Test
    void goesOnAfterARestart() throws Exception {
        keepIn(folder);
        decide(DOCUMENTS, 3);
        now = START.plus(Duration.ofHours(1));
        decide(DOCUMENTS, 2);
        List<DecisionSketch> before = all(DOCUMENTS);

        restart();

        assertThat(all(DOCUMENTS)).isEqualTo(before);
        decide(DOCUMENTS, 4);
        assertThat(all(DOCUMENTS)).extracting(DecisionSketch::decisions).containsExactly(3L, 6L);
        restart();
        assertThat(all(DOCUMENTS)).extracting(DecisionSketch::decisions).containsExactly(3L, 6L);
    }

    @Test
    void whatWasWrittenByAMinuteSurvivesTheProcess() {
        keepIn(folder);
        decide(DOCUMENTS, 3);
        tick();
        byte[] written = content(files().getFirst());
        tick();
        assertThat(content(files().getFirst())).isEqualTo(written);
        decide(DOCUMENTS, 1);

        Path copy = folder.resolve("copy");
        try {
            Files.createDirectory(copy);
            Files.copy(files().getFirst(), copy.resolve(files().getFirst().getFileName()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        keepIn(copy);
        assertThat(all(DOCUMENTS)).extracting(DecisionSketch::decisions).containsExactly(3L);
    }

    @Test
    void putsADamagedFileAside() throws Exception {
        keepIn(folder);
        decide(DOCUMENTS, 3);
        decide(NEXT, 1);
        log.close();
        Path damaged = files().stream()
                .filter(file -> file.getFileName().toString().startsWith("documents-1"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = content(damaged);
        bytes[bytes.length / 2] ^= 1;
        Files.write(damaged, bytes);
        Files.writeString(folder.resolve("empty.sketches"), "");

        keepIn(folder);

        assertThat(all(DOCUMENTS)).isEmpty();
        assertThat(all(NEXT)).hasSize(1);
        assertThat(folder.resolve(damaged.getFileName() + ".damaged")).hasBinaryContent(bytes);
        assertThat(folder.resolve("empty.sketches.damaged")).exists();
        decide(DOCUMENTS, 1);
        restart();
        assertThat(all(DOCUMENTS)).extracting(DecisionSketch::decisions).containsExactly(1L);
    }

    @Test
    void aFolderThatCannotBeWrittenToLosesNothingInMemory() throws Exception {
        keepIn(folder);
        Files.createDirectory(folder.resolve("arriving"));
        decide(DOCUMENTS, 3);
        tick();
        assertThat(files()).isEmpty();

        Files.delete(folder.resolve("arriving"));
        tick();
        assertThat(files()).hasSize(1);
        assertThat(all(DOCUMENTS)).hasSize(1);
    }

    @Test
    void aFolderIsOfOneProcess() {
        keepIn(folder);
        assertThatThrownBy(() -> DecisionLog.open(() -> now, RETENTION, Optional.of(folder)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is open in a process (expected: in none)");
    }

    private void keepIn(Path directory) {
        try {
            log.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        log = DecisionLog.open(() -> now, RETENTION, Optional.of(directory));
    }

    private void restart() {
        keepIn(folder);
    }

    /** A minute's work, with all galleries there. */
    private void tick() {
        if (!catalogue.away && catalogue.galleries.isEmpty()) {
            catalogue.galleries = List.of(DOCUMENTS, NEXT);
        }
        log.tick(catalogue);
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".sketches")).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void decide(Gallery gallery, int times) {
        for (int i = 0; i < times; i++) {
            log.record(gallery, known(.8));
        }
    }

    private List<DecisionSketch> all(Gallery gallery) {
        return log.sketches(gallery, Instant.MIN, Instant.MAX);
    }

    private static Recognition known(double score) {
        return new Recognition.Known(LabelPath.of("passport"), new ExactScore(score), Optional.of(.1), .7);
    }

    private static Gallery gallery(String name, int created, String space) {
        return new Gallery(
                new GalleryId(name),
                "",
                new EmbeddingSpace("model@1", 2, space),
                new DecisionPolicy(.001, .7, Map.of(), 0),
                Instant.ofEpochMilli(created));
    }
}
