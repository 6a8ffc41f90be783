package dev.mekiki.gallery.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.gallery.contract.Specimens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnusableGalleryDirectoryTest {

    private static final EmbeddingSpace SPACE = Specimens.space(16);
    private static final Gallery GALLERY = Specimens.gallery("passports", SPACE);

    @TempDir
    private Path folder;

    private EmbeddedGallery open() {
        return EmbeddedGallery.open(EmbeddedGallerySettings.in(folder));
    }

    private void registerOne() {
        try (EmbeddedGallery store = open()) {
            store.catalogue().create(GALLERY);
            store.registrations()
                    .add(Specimens.registration(GALLERY, "r1", "specimen", new Specimens(SPACE, 1).vector()));
        }
    }

    /** Every file and its content, but for locks. */
    private Map<String, ContentDigest> contents() throws IOException {
        Map<String, ContentDigest> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString();
                if (!name.endsWith("lock")) {
                    contents.put(name, ContentDigest.of(Files.readAllBytes(file)));
                }
            }
        }
        return contents;
    }

    private void requireRefusedUntouched(String... messageParts) throws IOException {
        Map<String, ContentDigest> before = contents();

        assertThatExceptionOfType(UnusableGalleryDirectory.class)
                .isThrownBy(this::open)
                .withMessageContaining(folder.toString())
                .withMessageContainingAll(messageParts);

        assertThat(contents()).isEqualTo(before);
    }

    private Path indexFile(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("galleries").resolve("passports"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void directoryOpenTwiceIsRefused() throws IOException {
        try (EmbeddedGallery store = open()) {
            store.catalogue().create(GALLERY);

            requireRefusedUntouched("open in this process already");
        }
        open().close();
    }

    @Test
    void foreignDirectoryIsRefused() throws IOException {
        Files.writeString(folder.resolve("letter.txt"), "Dear reader");

        requireRefusedUntouched("no file FORMAT but \"letter.txt\"", "expected: an empty directory");
        assertThat(folder.resolve("lock")).doesNotExist();
    }

    @Test
    void otherFormatIsRefused() throws IOException {
        registerOne();
        Files.writeString(folder.resolve("FORMAT"), "mekiki embedded gallery 3\n");

        requireRefusedUntouched(
                "format \"mekiki embedded gallery 3\"", "expected: format \"mekiki embedded gallery 2\"");
    }

    @Test
    void galleriesWithoutFormatAreRefused() throws IOException {
        registerOne();
        Files.delete(folder.resolve("FORMAT"));

        requireRefusedUntouched("galleries but no file FORMAT");
    }

    @Test
    void damagedCommitIsRefused() throws IOException {
        registerOne();
        Path commit = indexFile("segments_");
        byte[] bytes = Files.readAllBytes(commit);
        bytes[bytes.length / 2] ^= 0x40;
        Files.write(commit, bytes);

        requireRefusedUntouched("passports: damaged", "restore it from a backup");
    }

    @Test
    void truncatedSegmentIsRefused() throws IOException {
        registerOne();
        Path segment = indexFile("_");
        byte[] bytes = Files.readAllBytes(segment);
        Files.write(segment, java.util.Arrays.copyOf(bytes, bytes.length - 20));

        requireRefusedUntouched("passports: damaged");
    }

    @Test
    void missingSegmentIsRefused() throws IOException {
        registerOne();
        Files.delete(indexFile("_"));

        requireRefusedUntouched("passports: damaged");
    }

    @Test
    void emptyGalleryFolderIsRefused() throws IOException {
        registerOne();
        Files.createDirectory(folder.resolve("galleries").resolve("visas"));

        requireRefusedUntouched("visas: damaged");
    }

    @Test
    void refusedDirectoryIsReleased() throws IOException {
        registerOne();
        Path visas = Files.createDirectory(folder.resolve("galleries").resolve("visas"));
        requireRefusedUntouched("visas");
        Files.delete(visas);

        try (EmbeddedGallery store = open()) {
            assertThat(store.catalogue().find(GALLERY.id())).contains(GALLERY);
        }
    }

    @Test
    void leftoversOfInterruptedCreationsAndDeletionsAreRemoved() throws IOException {
        registerOne();
        Path galleries = folder.resolve("galleries");
        for (String leftover : new String[] {".new-visas", ".old-visas"}) {
            Files.createDirectory(galleries.resolve(leftover));
            Files.writeString(galleries.resolve(leftover).resolve("segments_1"), "half");
        }

        try (EmbeddedGallery store = open()) {
            assertThat(store.catalogue().list(PageRequest.first(10)).items()).containsExactly(GALLERY);
        }
        try (Stream<Path> entries = Files.list(galleries)) {
            assertThat(entries.map(entry -> entry.getFileName().toString())).containsExactly("passports");
        }
    }
}
