package dev.mekiki.cli.archive;

import dev.mekiki.cli.table.UnreadableTableException;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;

/**
 * The images of an archived gallery as {@code main/sub/ID.jpg}: a folder to train on, or to import anew.
 *
 * @param written images, those that were there already among them
 * @param missing registrations whose image is not kept: they were made of vectors, or before images were kept
 * @param damaged registrations whose image is not what was registered
 */
public record LaidOutImages(long written, long missing, long damaged) {

    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");

    /**
     * Copies the images.
     *
     * @param kept the service's folder of kept images, {@code mekiki.images.directory}; only read, also while the service
     *     runs
     * @param target made if missing; images that are there already are not copied again
     * @throws IOException if the archive or an image cannot be read, or an image cannot be written
     */
    public static LaidOutImages write(GalleryArchive archive, Path kept, Path target)
            throws IOException, InterruptedException {
        long written = 0;
        long missing = 0;
        long damaged = 0;
        try (RegistrationCursor registrations = archive.registrations()) {
            for (ArchivedRegistration r = registrations.next(); r != null; r = registrations.next()) {
                String digest = r.contentDigest();
                Path image = digest.length() < 2
                        ? kept.resolve("images")
                        : kept.resolve("images").resolve(digest.substring(0, 2)).resolve(digest);
                if (!digest.matches("[0-9a-f]{64}") || !Files.isRegularFile(image)) {
                    missing++;
                    continue;
                }
                byte[] bytes = Files.readAllBytes(image);
                if (!ContentDigest.of(bytes).hex().equals(digest)) {
                    damaged++;
                    continue;
                }
                write(bytes, place(archive, target, r).resolve(r.id() + suffix(bytes)));
                written++;
            }
        }
        return new LaidOutImages(written, missing, damaged);
    }

    /** Labels and ids are checked: a file from elsewhere must not name places outside of the folder. */
    private static Path place(GalleryArchive archive, Path target, ArchivedRegistration r)
            throws UnreadableTableException {
        try {
            LabelPath.parse(r.label());
        } catch (InvalidInput e) {
            throw new UnreadableTableException(archive.file() + ": label \"" + r.label() + "\": " + e.getMessage());
        }
        if (!ID.matcher(r.id()).matches()) {
            throw new UnreadableTableException(archive.file() + ": id \"" + r.id()
                    + "\" (expected: 1 to 64 lower-case letters, digits and hyphens)");
        }
        return target.resolve(r.label());
    }

    /** A file gets its name when it is whole, so that a copy that was interrupted is made again. */
    private static void write(byte[] bytes, Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Path part = file.resolveSibling("." + file.getFileName() + ".part");
        Files.write(part, bytes);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String suffix(byte[] bytes) {
        if (bytes.length > 3 && (bytes[0] & 0xff) == 0xff && (bytes[1] & 0xff) == 0xd8) {
            return ".jpg";
        }
        return bytes.length > 3 && bytes[1] == 'P' && bytes[2] == 'N' && bytes[3] == 'G' ? ".png" : ".webp";
    }
}
