package dev.mekiki.service.images;

import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.keeping.ImageStore;
import dev.mekiki.core.keeping.KeptImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Images in a folder of the file system, of one process at a time:
 *
 * <ul>
 *   <li>{@code images/ab/abcd…}: an image, named after its SHA-256, which tells whether it is still what it was;
 *   <li>{@code arriving}: files that are being written; what is left there by a process that was killed is deleted when
 *       the folder is opened;
 *   <li>{@code doubts}: digests, a line each, of images that are perhaps needed no more.
 * </ul>
 *
 * <p>A file gets its name when its content is durable, so that what has a name is whole.
 */
public final class ImageDirectory implements ImageStore, AutoCloseable {

    private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

    private final Path images;
    private final Path arriving;
    private final Path doubts;
    private final FileChannel lock;
    private final Duration retryAfter;

    private ImageDirectory(Path folder, FileChannel lock, Duration retryAfter) {
        this.images = folder.resolve("images");
        this.arriving = folder.resolve("arriving");
        this.doubts = folder.resolve("doubts");
        this.lock = lock;
        this.retryAfter = retryAfter;
    }

    /**
     * Opens a folder; makes it if it is not there.
     *
     * @param retryAfter what a caller is told to wait when the folder cannot be read or written
     * @throws IllegalStateException if another process, or this one, has it open
     * @throws Unavailable if it cannot be read or written
     */
    public static ImageDirectory open(Path folder, Duration retryAfter) {
        try {
            Files.createDirectories(folder);
            FileChannel lock =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (!locked(lock)) {
                    throw new IllegalStateException(
                            "images: " + folder.toAbsolutePath() + " is open in a process (expected: in none)");
                }
                ImageDirectory directory = new ImageDirectory(folder, lock, retryAfter);
                directory.prepare(folder);
                return directory;
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new Unavailable("images cannot be kept in " + folder.toAbsolutePath(), retryAfter, e);
        }
    }

    private static boolean locked(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private void prepare(Path folder) throws IOException {
        Files.createDirectories(arriving);
        Files.createDirectories(doubts);
        for (int i = 0; i < 256; i++) {
            Files.createDirectories(images.resolve(HexFormat.of().toHexDigits((byte) i)));
        }
        sync(images);
        sync(folder);
        for (Path left : listed(arriving)) {
            Files.delete(left);
        }
    }

    @Override
    public void keep(Map<ContentDigest, EncodedImage> kept) {
        Set<Path> changed = new HashSet<>();
        try {
            for (Map.Entry<ContentDigest, EncodedImage> image : kept.entrySet()) {
                Path file = file(image.getKey());
                if (!Arrays.equals(read(file), image.getValue().bytes())) {
                    move(image.getValue().bytes(), file);
                }
                // What is there may have come from another thread a moment ago.
                changed.add(file.getParent());
            }
            for (Path folder : changed) {
                sync(folder);
            }
        } catch (IOException e) {
            throw unavailable("an image cannot be kept", e);
        }
    }

    @Override
    public KeptImage find(ContentDigest content) {
        byte[] bytes;
        try {
            bytes = read(file(content));
        } catch (IOException e) {
            throw unavailable("a kept image cannot be read", e);
        }
        if (bytes == null) {
            return new KeptImage.Missing();
        }
        EncodedImage image = new EncodedImage(bytes);
        ContentDigest found = image.digest();
        return found.equals(content)
                ? new KeptImage.Whole(image)
                : new KeptImage.Damaged("the file of its image is damaged: " + bytes.length + " bytes with digest "
                        + found.hex() + " (expected: " + content.hex() + ")");
    }

    @Override
    public void delete(Set<ContentDigest> contents) {
        Set<Path> changed = new HashSet<>();
        try {
            for (ContentDigest content : contents) {
                Path file = file(content);
                if (Files.deleteIfExists(file)) {
                    changed.add(file.getParent());
                }
            }
            for (Path folder : changed) {
                sync(folder);
            }
        } catch (IOException e) {
            throw unavailable("an image cannot be deleted", e);
        }
    }

    @Override
    public Doubt doubt(Set<ContentDigest> contents) {
        Path file = doubts.resolve(UUID.randomUUID().toString());
        List<String> lines = contents.stream().map(ContentDigest::hex).toList();
        try {
            move(String.join("\n", lines).getBytes(StandardCharsets.US_ASCII), file);
            sync(doubts);
        } catch (IOException e) {
            throw unavailable("what is to be deleted cannot be noted", e);
        }
        return new Note(file, Set.copyOf(contents));
    }

    @Override
    public List<Doubt> doubts() {
        List<Doubt> notes = new ArrayList<>();
        try {
            for (Path file : listed(doubts)) {
                Set<ContentDigest> contents = new HashSet<>();
                for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                    contents.add(new ContentDigest(line));
                }
                notes.add(new Note(file, contents));
            }
        } catch (IOException e) {
            throw unavailable("what is to be deleted cannot be read", e);
        }
        return notes;
    }

    /** Lets another process have the folder. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw unavailable("the folder's lock cannot be given back", e);
        }
    }

    /** A doubt in a file. */
    private final class Note implements Doubt {

        private final Path file;
        private final Set<ContentDigest> contents;

        Note(Path file, Set<ContentDigest> contents) {
            this.file = file;
            this.contents = contents;
        }

        @Override
        public Set<ContentDigest> contents() {
            return contents;
        }

        /** Should it come back after a loss of power, it is settled once more. */
        @Override
        public void settled() {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw unavailable("what was deleted cannot be noted", e);
            }
        }
    }

    private Path file(ContentDigest content) {
        return images.resolve(content.hex().substring(0, 2)).resolve(content.hex());
    }

    private static byte @Nullable [] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Writes a file that is whole as soon as it has its name; the name is durable when its folder is. */
    private void move(byte[] content, Path file) throws IOException {
        Path arrival = arriving.resolve(UUID.randomUUID().toString());
        try {
            try (FileChannel channel =
                    FileChannel.open(arrival, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(arrival, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(arrival);
            throw e;
        }
    }

    /** Makes durable which names a folder has. */
    private static void sync(Path folder) throws IOException {
        // Windows has no such thing, and makes it durable itself.
        if (!WINDOWS) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static List<Path> listed(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(files::add);
        }
        return files;
    }

    private Unavailable unavailable(String what, IOException e) {
        return new Unavailable(what, retryAfter, e);
    }
}
