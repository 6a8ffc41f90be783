package dev.mekiki.gallery.embedded;

import dev.mekiki.core.gallery.GalleryId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all galleries, owned by one process at a time.
 *
 * <pre>
 * FORMAT              which layout this is
 * lock                locked while a process has the folder open
 * galleries/ID        the index of a gallery
 * galleries/.new-ID   one that is being created; a leftover if the process died meanwhile
 * galleries/.old-ID   one that is being removed; a leftover, too
 * </pre>
 *
 * A gallery appears and disappears by renaming its folder, so that a crash leaves all of it or nothing. Not
 * thread-safe.
 */
final class GalleryDirectory implements AutoCloseable {

    static final String FORMAT = "mekiki embedded gallery 1";

    private static final System.Logger LOG = System.getLogger(GalleryDirectory.class.getName());
    private static final String FORMAT_FILE = "FORMAT";
    private static final String LOCK_FILE = "lock";
    private static final String NEW = ".new-";
    private static final String OLD = ".old-";

    private final Path galleries;
    private final FileChannel lockChannel;

    private GalleryDirectory(Path galleries, FileChannel lockChannel) {
        this.galleries = galleries;
        this.lockChannel = lockChannel;
    }

    /** @throws UnusableGalleryDirectory if it is in use or holds something else */
    static GalleryDirectory open(Path root) throws IOException {
        Files.createDirectories(root);
        requireKnownFormat(root);
        FileChannel lockChannel = lock(root);
        try {
            Path galleries = root.resolve("galleries");
            if (!Files.exists(galleries)) {
                Files.createDirectory(galleries);
            }
            Path format = root.resolve(FORMAT_FILE);
            if (!Files.exists(format)) {
                Path unfinished = root.resolve(FORMAT_FILE + ".new");
                Files.writeString(unfinished, FORMAT + "\n");
                IOUtils.fsync(unfinished, false);
                Files.move(unfinished, format, StandardCopyOption.ATOMIC_MOVE);
            }
            IOUtils.fsync(root, true);
            @Nullable Path parent = root.toAbsolutePath().getParent();
            if (parent != null) {
                IOUtils.fsync(parent, true);
            }
            removeLeftovers(galleries);
            return new GalleryDirectory(galleries, lockChannel);
        } catch (Throwable e) {
            lockChannel.close();
            throw e;
        }
    }

    private static void requireKnownFormat(Path root) throws IOException {
        Path format = root.resolve(FORMAT_FILE);
        if (Files.exists(format)) {
            String found = Files.readString(format, StandardCharsets.UTF_8).strip();
            if (!found.equals(FORMAT)) {
                throw new UnusableGalleryDirectory(root, "format \"" + found + "\"", "format \"" + FORMAT + "\"");
            }
            return;
        }
        try (Stream<Path> entries = Files.list(root)) {
            entries.map(e -> e.getFileName().toString())
                    // a process may have died between these and the format file
                    .filter(name -> !List.of(LOCK_FILE, "galleries", FORMAT_FILE + ".new")
                            .contains(name))
                    .sorted()
                    .findFirst()
                    .ifPresent(name -> {
                        throw new UnusableGalleryDirectory(
                                root,
                                "no file " + FORMAT_FILE + " but \"" + name + "\"",
                                "an empty directory or one written by the embedded gallery");
                    });
        }
        Path galleries = root.resolve("galleries");
        if (Files.exists(galleries)) {
            try (Stream<Path> entries = Files.list(galleries)) {
                if (entries.findAny().isPresent()) {
                    throw new UnusableGalleryDirectory(
                            root, "galleries but no file " + FORMAT_FILE, "format \"" + FORMAT + "\"");
                }
            }
        }
    }

    private static FileChannel lock(Path root) throws IOException {
        FileChannel channel =
                FileChannel.open(root.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw new UnusableGalleryDirectory(root, "open in this process already", "one opener at a time", e);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new UnusableGalleryDirectory(root, "in use by another process", "one process at a time");
        }
        return channel;
    }

    private static void removeLeftovers(Path galleries) throws IOException {
        List<Path> leftovers = new ArrayList<>();
        try (Stream<Path> entries = Files.list(galleries)) {
            entries.filter(e -> e.getFileName().toString().startsWith(NEW)
                            || e.getFileName().toString().startsWith(OLD))
                    .forEach(leftovers::add);
        }
        for (Path leftover : leftovers) {
            IOUtils.rm(leftover);
        }
    }

    /** The galleries there are, in ascending order. */
    List<GalleryId> ids() throws IOException {
        try (Stream<Path> entries = Files.list(galleries)) {
            return entries.map(e -> e.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .map(GalleryId::new)
                    .sorted(Comparator.comparing(GalleryId::value))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    Path path(GalleryId id) {
        return galleries.resolve(id.value());
    }

    /** An empty folder to make the gallery in. */
    Path begin(GalleryId id) throws IOException {
        Path unfinished = galleries.resolve(NEW + id);
        if (Files.exists(unfinished)) {
            IOUtils.rm(unfinished);
        }
        return Files.createDirectory(unfinished);
    }

    /** What was made after {@link #begin} becomes the gallery; durable when this returns. */
    void appear(GalleryId id) throws IOException {
        Files.move(galleries.resolve(NEW + id), path(id), StandardCopyOption.ATOMIC_MOVE);
        IOUtils.fsync(galleries, true);
    }

    /** The gallery is gone, durably, when this returns; may be tried again after a failure. */
    void disappear(GalleryId id) throws IOException {
        Path old = galleries.resolve(OLD + id);
        if (Files.exists(path(id))) {
            if (Files.exists(old)) {
                IOUtils.rm(old);
            }
            Files.move(path(id), old, StandardCopyOption.ATOMIC_MOVE);
        }
        IOUtils.fsync(galleries, true);
        try {
            IOUtils.rm(old);
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    () -> old + " could not be removed; it will be when the galleries are opened again",
                    e);
        }
    }

    @Override
    public void close() throws IOException {
        lockChannel.close();
    }
}
