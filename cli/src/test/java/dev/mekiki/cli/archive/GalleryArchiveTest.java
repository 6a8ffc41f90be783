package dev.mekiki.cli.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.cli.table.UnreadableTableException;
import dev.mekiki.v1.DecisionPolicy;
import dev.mekiki.v1.EmbeddingSpace;
import dev.mekiki.v1.Gallery;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GalleryArchiveTest {

    private static final Gallery GALLERY = Gallery.newBuilder()
            .setName("galleries/g")
            .setDisplayName("Päßße")
            .setEmbeddingSpace(EmbeddingSpace.newBuilder()
                    .setModelId("m@1")
                    .setDimension(3)
                    .setDigest("abc"))
            .setDecisionPolicy(DecisionPolicy.newBuilder()
                    .setFalseAcceptRate(0.01)
                    .setThreshold(0.1 + 0.2)
                    .setSubLabelMargin(0.02)
                    .putLabelThresholds("passport", 0.9))
            .build();

    @TempDir
    Path folder;

    private final Progress progress = new Progress(
            new PrintStream(OutputStream.nullOutputStream()), 1, false, Duration.ofDays(1), System::nanoTime);

    @Test
    void givesBackEveryRegistrationAndWhatIsNotedBesideThem() throws Exception {
        Path file = folder.resolve("a.parquet");
        ArchiveNotes written = GalleryArchive.write(cursor(registrations()), GALLERY, file, "test", progress);

        GalleryArchive archive = GalleryArchive.open(file);

        assertThat(archive.notes()).isEqualTo(written);
        assertThat(archive.notes().count()).isEqualTo(3);
        assertThat(archive.notes().gallery()).isEqualTo(GALLERY);
        archive.verify(progress);
        Comparison comparison = compare(archive, registrations());
        assertThat(comparison).isEqualTo(new Comparison(3, written.digest(), 0, List.of()));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void archivesAnEmptyGallery() throws Exception {
        Path file = folder.resolve("a.parquet");
        GalleryArchive.write(cursor(List.of()), GALLERY, file, "test", progress);

        GalleryArchive.open(file).verify(progress);
    }

    @Test
    void digestIsWhatItsDescriptionSays() {
        RegistrationsDigest digest = new RegistrationsDigest();
        digest.add(new ArchivedRegistration("i", "l", "c", 258, Map.of("k", "v"), new float[] {1}));

        // printf '\1\0\0\0i\1\0\0\0l\1\0\0\0c\2\1\0\0\0\0\0\0\1\0\0\0\1\0\0\0k\1\0\0\0v\1\0\0\0\0\0\200\77' | sha256sum
        assertThat(digest.hex()).isEqualTo("c88ed7cafd8c6f0b8daaaf9436351d570178ba91a98609a2fe400aabc7836efc");
    }

    @Test
    void digestChangesWithEveryField() {
        ArchivedRegistration first = registrations().getFirst();
        List<ArchivedRegistration> variants = List.of(
                first,
                with(first, "id2", first.label(), first.createMillis(), first.attributes(), first.vector()),
                with(first, first.id(), "other", first.createMillis(), first.attributes(), first.vector()),
                with(first, first.id(), first.label(), 1, first.attributes(), first.vector()),
                with(first, first.id(), first.label(), first.createMillis(), Map.of("a", ""), first.vector()),
                with(first, first.id(), first.label(), first.createMillis(), Map.of(), first.vector()),
                with(first, first.id(), first.label(), first.createMillis(), first.attributes(), new float[] {
                    0.6f, 0.8f, -0.0f
                }));

        assertThat(variants.stream().map(GalleryArchiveTest::digest).distinct()).hasSize(variants.size());
    }

    @Test
    void tellsThatAByteWasChanged() throws Exception {
        Path file = folder.resolve("a.parquet");
        GalleryArchive.write(cursor(registrations()), GALLERY, file, "test", progress);
        byte[] bytes = Files.readAllBytes(file);
        int at = indexOf(bytes, "passport/first");
        bytes[at] = 'q';
        Files.write(file, bytes);

        assertThatThrownBy(() -> GalleryArchive.open(file).verify(progress))
                .isInstanceOf(UnreadableTableException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void tellsThatTheDigestIsAnother() throws Exception {
        Path file = folder.resolve("a.parquet");
        String digest = GalleryArchive.write(cursor(registrations()), GALLERY, file, "test", progress)
                .digest();
        byte[] bytes = Files.readAllBytes(file);
        int at = indexOf(bytes, digest);
        bytes[at] = (byte) (bytes[at] == '0' ? '1' : '0');
        Files.write(file, bytes);

        assertThatThrownBy(() -> GalleryArchive.open(file).verify(progress))
                .isInstanceOf(UnreadableTableException.class)
                .hasMessageStartingWith(file + ": digest " + digest + " (expected: ");
    }

    @Test
    void takesNoOtherTableForAnArchive() throws Exception {
        Path file = Path.of(java.util.Objects.requireNonNull(
                        GalleryArchiveTest.class.getResource("/dev/mekiki/cli/table/pyarrow-snappy.parquet"))
                .toURI());

        assertThatThrownBy(() -> GalleryArchive.open(file))
                .isInstanceOf(UnreadableTableException.class)
                .hasMessageContaining("is no archive of a gallery: mekiki.archive is missing");
    }

    @Test
    void doesNotOverwriteAndLeavesNothingBehindWhenItFails() throws Exception {
        Path file = folder.resolve("a.parquet");
        RegistrationCursor failing = new RegistrationCursor() {
            private int given;

            @Override
            public ArchivedRegistration next() throws IOException {
                if (given++ == 2) {
                    throw new IOException("network");
                }
                return registrations().get(given);
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> GalleryArchive.write(failing, GALLERY, file, "test", progress))
                .hasMessage("network");
        assertThat(folder).isEmptyDirectory();

        Files.writeString(file, "precious");
        assertThatThrownBy(() -> GalleryArchive.write(cursor(List.of()), GALLERY, file, "test", progress))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file).hasContent("precious");
    }

    @Test
    void tellsWhichRegistrationsDiffer() throws Exception {
        Path file = folder.resolve("a.parquet");
        GalleryArchive.write(cursor(registrations()), GALLERY, file, "test", progress);
        List<ArchivedRegistration> changed = new ArrayList<>(registrations());
        ArchivedRegistration second = changed.get(1);
        changed.set(1, with(second, second.id(), "card/new", 5, second.attributes(), second.vector()));
        changed.remove(2);
        changed.add(new ArchivedRegistration("zz", "l", "c", 0, Map.of(), new float[] {1, 0, 0}));

        Comparison comparison = compare(GalleryArchive.open(file), changed);

        assertThat(comparison.different()).isEqualTo(3);
        assertThat(comparison.examples())
                .containsExactly("b2: another label, create time", "c3: missing", "zz: not in the archive");
        assertThat(comparison.digest())
                .isNotEqualTo(GalleryArchive.open(file).notes().digest());
    }

    private Comparison compare(GalleryArchive archive, List<ArchivedRegistration> found) throws Exception {
        try (RegistrationCursor expected = archive.registrations()) {
            return Comparison.of(expected, cursor(found), List.of(), progress);
        }
    }

    private static int indexOf(byte[] bytes, String text) {
        byte[] wanted = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            if (java.util.Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        throw new AssertionError(text + " is not in the file");
    }

    private static String digest(ArchivedRegistration registration) {
        RegistrationsDigest digest = new RegistrationsDigest();
        digest.add(registration);
        return digest.hex();
    }

    private static ArchivedRegistration with(
            ArchivedRegistration other,
            String id,
            String label,
            long createMillis,
            Map<String, String> attributes,
            float[] vector) {
        return new ArchivedRegistration(id, label, other.contentDigest(), createMillis, attributes, vector);
    }

    private static List<ArchivedRegistration> registrations() {
        return List.of(
                new ArchivedRegistration(
                        "a1",
                        "passport/first",
                        "00ff",
                        1_769_860_800_123L,
                        Map.of("é", "\"quoted\"\n", "empty", ""),
                        new float[] {0.6f, 0.8f, 0}),
                new ArchivedRegistration("b2", "身分証", "11ff", -1, Map.of(), new float[] {0, Float.MIN_VALUE, 1}),
                new ArchivedRegistration("c3", "card", "22ff", 0, Map.of(), new float[] {-0.0f, 1, 0}));
    }

    private static RegistrationCursor cursor(List<ArchivedRegistration> registrations) {
        Iterator<ArchivedRegistration> all = registrations.iterator();
        return new RegistrationCursor() {
            @Override
            public @Nullable ArchivedRegistration next() {
                return all.hasNext() ? all.next() : null;
            }

            @Override
            public void close() {}
        };
    }
}
