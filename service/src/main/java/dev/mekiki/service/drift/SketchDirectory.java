package dev.mekiki.service.drift;

import dev.mekiki.analysis.drift.DecisionSketch;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.v1.ListDecisionSketchesResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jboss.logging.Logger;

/**
 * Sketches in a folder of the file system, of one process at a time: a file {@code NAME-TIME-SPACE.sketches} of each
 * tracked gallery. It has which gallery it is, the sketches as messages of the API, and a CRC-32C of all that; it gets its
 * name when its content is durable. A file that cannot be read is renamed to end with {@code .damaged}. Not thread-safe.
 */
final class SketchDirectory implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(SketchDirectory.class);
    private static final String FORMAT = "mekiki drift 1";
    private static final String ENDING = ".sketches";

    private final Path folder;
    private final FileChannel lock;

    private SketchDirectory(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Opens a folder; makes it if it is not there.
     *
     * @throws IllegalStateException if another process, or this one, has it open
     * @throws UncheckedIOException if it cannot be made or written to
     */
    static SketchDirectory open(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel lock =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(lock)) {
                lock.close();
                throw new IllegalStateException(
                        "drift: " + folder.toAbsolutePath() + " is open in a process (expected: in none)");
            }
            return new SketchDirectory(folder, lock);
        } catch (IOException e) {
            throw new UncheckedIOException("sketches cannot be kept in " + folder.toAbsolutePath(), e);
        }
    }

    private static boolean locked(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** What the folder has; damaged files are put aside and told in the log. */
    Map<TrackedGallery, List<DecisionSketch>> read() {
        Map<TrackedGallery, List<DecisionSketch>> kept = new HashMap<>();
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*" + ENDING)) {
            entries.forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException("sketches cannot be read from " + folder.toAbsolutePath(), e);
        }
        for (Path file : files) {
            try {
                read(file, kept);
            } catch (IOException
                    | IllegalArgumentException
                    | ArithmeticException
                    | DateTimeException
                    | InvalidInput e) {
                putAside(file, e);
            }
        }
        return kept;
    }

    private static void read(Path file, Map<TrackedGallery, List<DecisionSketch>> kept) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = bytes.length - Integer.BYTES;
        if (length < 0 || ByteBuffer.wrap(bytes).getInt(length) != checksum(bytes, length)) {
            throw new IOException(bytes.length + " bytes (expected: such as end with their CRC-32C)");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
        String format = in.readUTF();
        if (!format.equals(FORMAT)) {
            throw new IOException("\"" + format + "\" (expected: \"" + FORMAT + "\")");
        }
        TrackedGallery gallery =
                new TrackedGallery(new GalleryId(in.readUTF()), Instant.ofEpochMilli(in.readLong()), in.readUTF());
        kept.put(
                gallery,
                ListDecisionSketchesResponse.parseFrom(in).getDecisionSketchesList().stream()
                        .map(SketchMessages::sketch)
                        .toList());
    }

    private static void putAside(Path file, Exception why) {
        LOG.warnf("Decisions of %s are lost: the file is damaged (%s); it is put aside", file, why.getMessage());
        try {
            Files.move(file, file.resolveSibling(file.getFileName() + ".damaged"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warnf("%s cannot be put aside: %s", file, e);
        }
    }

    /** Writes what a gallery has; whoever reads finds either all of it or all of what was there before. */
    void write(TrackedGallery gallery, List<DecisionSketch> sketches) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(FORMAT);
        out.writeUTF(gallery.name().value());
        out.writeLong(gallery.createTime().toEpochMilli());
        out.writeUTF(gallery.space());
        ListDecisionSketchesResponse.Builder message = ListDecisionSketchesResponse.newBuilder();
        sketches.forEach(sketch -> message.addDecisionSketches(SketchMessages.message(sketch)));
        message.build().writeTo(out);
        byte[] content = bytes.toByteArray();
        out.writeInt(checksum(content, content.length));
        // A name of its own, and always the same, so that a process that is killed leaves one at most.
        Path arriving = folder.resolve("arriving");
        try (FileChannel channel = FileChannel.open(
                arriving, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(arriving, file(gallery), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes what a gallery has, if it has any. */
    void delete(TrackedGallery gallery) throws IOException {
        Files.deleteIfExists(file(gallery));
    }

    private Path file(TrackedGallery gallery) {
        byte[] space = gallery.space().getBytes(StandardCharsets.UTF_8);
        return folder.resolve(gallery.name() + "-" + gallery.createTime().toEpochMilli() + "-"
                + HexFormat.of().toHexDigits(checksum(space, space.length)) + ENDING);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    /** Lets another process have the folder. */
    @Override
    public void close() throws IOException {
        lock.close();
    }
}
