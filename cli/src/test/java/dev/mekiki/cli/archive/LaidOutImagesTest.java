package dev.mekiki.cli.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.cli.table.UnreadableTableException;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.v1.EmbeddingSpace;
import dev.mekiki.v1.Gallery;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LaidOutImagesTest {
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 1, 2};
    private static final byte[] PNG = "\u0000PNG5".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path folder;

    private final Progress progress = new Progress(
            new PrintStream(OutputStream.nullOutputStream()), 1, false, Duration.ofDays(1), System::nanoTime);

    @Test
    void laysImagesOutByTheirLabels() throws Exception {
        keep(JPEG, JPEG);
        keep(PNG, PNG);
        byte[] registered = {7};
        keep(registered, new byte[] {8});
        GalleryArchive archive = archive(
                registration("a", "passport/first", JPEG),
                registration("b", "licence", PNG),
                registration("c", "licence", registered),
                registration("d", "licence", new byte[] {9}));
        Path target = folder.resolve("laid");
        LaidOutImages expected = new LaidOutImages(2, 1, 1);
        assertThat(LaidOutImages.write(archive, folder.resolve("kept"), target)).isEqualTo(expected);
        assertThat(target.resolve("passport/first/a.jpg")).hasBinaryContent(JPEG);
        assertThat(target.resolve("licence/b.png")).hasBinaryContent(PNG);
        assertThat(target.resolve("licence")).isDirectoryNotContaining("glob:**/{c,d}.*");
        // Again, it finds what is there.
        assertThat(LaidOutImages.write(archive, folder.resolve("kept"), target)).isEqualTo(expected);
    }

    @Test
    void refusesPlacesOutsideOfTheFolder() throws Exception {
        keep(JPEG, JPEG);
        GalleryArchive label = archive(registration("a", "../elsewhere", JPEG));
        assertThatThrownBy(() -> LaidOutImages.write(label, folder.resolve("kept"), folder.resolve("laid")))
                .isInstanceOf(UnreadableTableException.class)
                .hasMessageContaining("label \"../elsewhere\"");
        Files.delete(folder.resolve("g.parquet"));
        GalleryArchive id = archive(registration("../a", "passport", JPEG));
        assertThatThrownBy(() -> LaidOutImages.write(id, folder.resolve("kept"), folder.resolve("laid")))
                .isInstanceOf(UnreadableTableException.class)
                .hasMessageContaining("id \"../a\"");
    }

    /** As the service keeps images: by the digest of what was registered. */
    private void keep(byte[] registered, byte[] content) throws IOException {
        String digest = ContentDigest.of(registered).hex();
        Path file =
                folder.resolve("kept/images").resolve(digest.substring(0, 2)).resolve(digest);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    private static ArchivedRegistration registration(String id, String label, byte[] image) {
        return new ArchivedRegistration(id, label, ContentDigest.of(image).hex(), 5, Map.of(), new float[] {1, 0, 0});
    }

    private GalleryArchive archive(ArchivedRegistration... registrations) throws Exception {
        Gallery gallery = Gallery.newBuilder()
                .setName("galleries/g")
                .setEmbeddingSpace(EmbeddingSpace.newBuilder()
                        .setModelId("m@1")
                        .setDimension(3)
                        .setDigest("abc"))
                .build();
        Iterator<ArchivedRegistration> rest = List.of(registrations).iterator();
        RegistrationCursor cursor = new RegistrationCursor() {
            @Override
            public @Nullable ArchivedRegistration next() {
                return rest.hasNext() ? rest.next() : null;
            }

            @Override
            public void close() {}
        };
        Path file = folder.resolve("g.parquet");
        GalleryArchive.write(cursor, gallery, file, "test", progress);
        return GalleryArchive.open(file);
    }
}
