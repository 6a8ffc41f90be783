package dev.mekiki.service.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.keeping.ImageStore;
import dev.mekiki.core.keeping.KeptImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImageDirectoryTest {

    private static final Duration RETRY = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private ImageDirectory directory;

    @BeforeEach
    void open() {
        directory = ImageDirectory.open(folder, RETRY);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private void reopen() {
        directory.close();
        open();
    }

    @Test
    void findsWhatItKeptAfterItWasOpenedAgain() {
        keep("one");
        reopen();

        assertThat(found("one")).isEqualTo("one");
        assertThat(directory.find(digest("two"))).isEqualTo(new KeptImage.Missing());
    }

    @Test
    void deletesImages() {
        keep("one");
        keep("two");

        directory.delete(Set.of(digest("one"), digest("three")));

        assertThat(directory.find(digest("one"))).isEqualTo(new KeptImage.Missing());
        assertThat(found("two")).isEqualTo("two");
    }

    /** What a process that is killed leaves: a part of a file, which has no name yet. */
    @Test
    void clearsAwayWhatWasBeingWrittenWhenTheProcessWasKilled() throws IOException {
        Path part = Files.writeString(folder.resolve("arriving").resolve("part"), "on");
        reopen();

        assertThat(part).doesNotExist();
        assertThat(directory.find(digest("one"))).isEqualTo(new KeptImage.Missing());
    }

    @Test
    void tellsADamagedFileByItsDigestAndMakesItWholeWhenTheImageComesAgain() throws IOException {
        keep("one");
        Files.writeString(file("one"), "oXe");

        assertThat(directory.find(digest("one")))
                .isInstanceOfSatisfying(
                        KeptImage.Damaged.class,
                        damaged -> assertThat(damaged.why())
                                .contains(
                                        "3 bytes with digest " + digest("oXe").hex(),
                                        "(expected: " + digest("one").hex() + ")"));
        keep("one");
        assertThat(found("one")).isEqualTo("one");
        Files.writeString(file("one"), "");
        assertThat(directory.find(digest("one"))).isInstanceOf(KeptImage.Damaged.class);
    }

    @Test
    void keepsTheSameContentFromManyThreadsOnce() throws Exception {
        int threads = 8;
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Future<?>> keeping = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                keeping.add(pool.submit(() -> {
                    for (int round = 0; round < 20; round++) {
                        together.await();
                        keep("image " + round);
                        assertThat(found("image " + round)).isEqualTo("image " + round);
                    }
                    return null;
                }));
            }
        }
        for (Future<?> one : keeping) {
            one.get();
        }
        assertThat(files()).hasSize(20);
        assertThat(folder.resolve("arriving")).isEmptyDirectory();
    }

    @Test
    void belongsToOneProcessAtATime() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> ImageDirectory.open(folder, RETRY))
                .withMessageContaining(folder + " is open in a process (expected: in none)");
        // Who was refused has not taken it away from the other.
        keep("one");
    }

    @Test
    void remembersDoubtsUntilTheyAreSettled() {
        ImageStore.Doubt settled = directory.doubt(Set.of(digest("one")));
        directory.doubt(Set.of(digest("two"), digest("three")));
        settled.settled();
        reopen();

        assertThat(directory.doubts())
                .singleElement()
                .satisfies(doubt ->
                        assertThat(doubt.contents()).containsExactlyInAnyOrder(digest("two"), digest("three")));
    }

    @Test
    void saysThatAnImageCannotBeKept() throws IOException {
        Files.delete(folder.resolve("arriving"));

        assertThatExceptionOfType(Unavailable.class)
                .isThrownBy(() -> keep("one"))
                .withMessage("an image cannot be kept")
                .satisfies(e -> assertThat(e.retryAfter()).isEqualTo(RETRY));
    }

    @Test
    void doesNotOpenAFile() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatExceptionOfType(Unavailable.class).isThrownBy(() -> ImageDirectory.open(file, RETRY));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("images"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private Path file(String text) {
        String hex = digest(text).hex();
        return folder.resolve("images").resolve(hex.substring(0, 2)).resolve(hex);
    }

    private void keep(String text) {
        directory.keep(Map.of(digest(text), image(text)));
    }

    private String found(String text) {
        return directory.find(digest(text)) instanceof KeptImage.Whole(var image)
                ? new String(image.bytes(), StandardCharsets.UTF_8)
                : "none";
    }

    private static EncodedImage image(String text) {
        return new EncodedImage(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ContentDigest digest(String text) {
        return image(text).digest();
    }
}
