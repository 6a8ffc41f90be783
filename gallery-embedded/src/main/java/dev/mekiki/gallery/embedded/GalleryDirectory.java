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
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all galleries, owned by one process at a time.
 *
 * <pre>
 * FORMAT                  which layout this is
 * lock                    locked while a process has the folder open
 * names                   galleries whose folders are called otherwise, "ID FOLDER" in each line; may be missing
 * galleries/FOLDER        the index of a gallery; the folder of a gallery has its id where "names" says nothing
 * galleries/.new-FOLDER   one that is being created; a leftover if the process died meanwhile
 * galleries/.old-FOLDER   one that is being removed; a leftover, too
 * </pre>
 *
 * A gallery appears and disappears by renaming its folder, so that a crash leaves all of it or nothing. Two galleries
 * exchange their names by putting another file "names" in the place of the old one. That file may name folders that are
 * not there (a process died while one of them appeared or after one disappeared); these lines mean nothing, and are left
 * out when it is written next, which is before any folder can appear that they might be taken to mean. Not thread-safe.
 */
final class GalleryDirectory implements AutoCloseable {

    static final String FORMAT = "mekiki embedded gallery 2";

    /** Without the file "names", and with indexes of the first version. */
    private static final String FIRST_FORMAT = "mekiki embedded gallery 1";

    private static final System.Logger LOG = System.getLogger(GalleryDirectory.class.getName());
    private static final String FORMAT_FILE = "FORMAT";
    private static final String LOCK_FILE = "lock";
    private static final String NAMES_FILE = "names";
    private static final String NEW = ".new-";
    private static final String OLD = ".old-";

    private final Path root;
    private final Path galleries;
    private final FileChannel lockChannel;
    private final FolderWrites writes;

    /** Folder by gallery. */
    private final NavigableMap<String, String> folders;

    /** What is in the file of names. */
    private String names;

    private GalleryDirectory(
            Path root,
            FileChannel lockChannel,
            FolderWrites writes,
            NavigableMap<String, String> folders,
            String names) {
        this.root = root;
        this.galleries = root.resolve("galleries");
        this.lockChannel = lockChannel;
        this.writes = writes;
        this.folders = folders;
        this.names = names;
    }

    /** @throws UnusableGalleryDirectory if it is in use or holds something else */
    static GalleryDirectory open(Path root, FolderWrites writes) throws IOException {
        Files.createDirectories(root);
        requireKnownFormat(root);
        FileChannel lockChannel = lock(root);
        try {
            Path galleries = root.resolve("galleries");
            if (!Files.exists(galleries)) {
                Files.createDirectory(galleries);
            }
            if (!Files.exists(root.resolve(FORMAT_FILE))) {
                replace(writes, root.resolve(FORMAT_FILE), FORMAT + "\n");
            }
            writes.sync(root);
            @Nullable Path parent = root.toAbsolutePath().getParent();
            if (parent != null) {
                writes.sync(parent);
            }
            removeLeftovers(galleries);
            Path namesFile = root.resolve(NAMES_FILE);
            String names = Files.exists(namesFile) ? Files.readString(namesFile) : "";
            return new GalleryDirectory(root, lockChannel, writes, folders(root, galleries, names), names);
        } catch (Throwable e) {
            lockChannel.close();
            throw e;
        }
    }

    private static void requireKnownFormat(Path root) throws IOException {
        Path format = root.resolve(FORMAT_FILE);
        if (Files.exists(format)) {
            String found = Files.readString(format, StandardCharsets.UTF_8).strip();
            if (!found.equals(FORMAT) && !found.equals(FIRST_FORMAT)) {
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

    /** Folder by gallery, of those that are there. */
    private static NavigableMap<String, String> folders(Path root, Path galleries, String names) throws IOException {
        Set<String> present = new HashSet<>();
        try (Stream<Path> entries = Files.list(galleries)) {
            entries.map(e -> e.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .forEach(present::add);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        NavigableMap<String, String> folders = new TreeMap<>();
        for (String line : names.lines().toList()) {
            int space = line.indexOf(' ');
            if (space < 0) {
                throw new UnusableGalleryDirectory(
                        root.resolve(NAMES_FILE), "\"" + line + "\"", "lines of a gallery and its folder");
            }
            String folder = line.substring(space + 1);
            if (present.remove(folder)) {
                folders.put(line.substring(0, space), folder);
            }
        }
        for (String folder : present) {
            @Nullable String other = folders.putIfAbsent(folder, folder);
            if (other != null) {
                throw new UnusableGalleryDirectory(
                        galleries.resolve(folder), "a second folder of the gallery in \"" + other + "\"", "one");
            }
        }
        return folders;
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

    /** Says, once every index is of this version, that the folder is; until then a crash leaves it as it was called. */
    void becomeCurrent() throws IOException {
        Path format = root.resolve(FORMAT_FILE);
        if (!Files.readString(format).strip().equals(FORMAT)) {
            replace(writes, format, FORMAT + "\n");
            writes.sync(root);
        }
    }

    /** The galleries there are, in ascending order. */
    List<GalleryId> ids() {
        return folders.keySet().stream().map(GalleryId::new).toList();
    }

    /** The folder of a gallery that there is. */
    Path path(GalleryId id) {
        return galleries.resolve(folder(id));
    }

    private String folder(GalleryId id) {
        @Nullable String folder = folders.get(id.value());
        if (folder == null) {
            throw new IllegalArgumentException("gallery: " + id + " (expected: one that there is)");
        }
        return folder;
    }

    /** An empty folder to make a gallery in. */
    Path begin() throws IOException {
        Path unfinished = galleries.resolve(NEW + "gallery");
        if (Files.exists(unfinished)) {
            IOUtils.rm(unfinished);
        }
        return Files.createDirectory(unfinished);
    }

    /** What was made in {@code unfinished} becomes a gallery; durable when this returns. */
    void appear(Path unfinished, GalleryId id) throws IOException {
        String folder = id.value();
        for (int i = 2; Files.exists(galleries.resolve(folder)); i++) {
            folder = id + "." + i; // no id has a dot, so that it is in nobody's way
        }
        NavigableMap<String, String> after = new TreeMap<>(folders);
        after.put(id.value(), folder);
        writeNames(after);
        folders.put(id.value(), folder);
        writes.move(unfinished, path(id));
        writes.sync(galleries);
    }

    /** As {@link #disappear}, where perhaps nothing has appeared. */
    void withdraw(GalleryId id) throws IOException {
        if (folders.containsKey(id.value())) {
            disappear(id);
        }
    }

    /** The gallery is gone, durably, when this returns; may be tried again after a failure. */
    void disappear(GalleryId id) throws IOException {
        Path path = path(id);
        Path old = galleries.resolve(OLD + path.getFileName());
        if (Files.exists(path)) {
            if (Files.exists(old)) {
                IOUtils.rm(old);
            }
            writes.move(path, old);
        }
        writes.sync(galleries);
        folders.remove(id.value());
        try {
            if (Files.exists(old)) {
                IOUtils.rm(old);
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    () -> old + " could not be removed; it will be when the galleries are opened again",
                    e);
        }
    }

    /** Two galleries have each other's folders, durably, when this returns; after a failure they have their own. */
    void exchange(GalleryId one, GalleryId other) throws IOException {
        NavigableMap<String, String> after = new TreeMap<>(folders);
        after.put(one.value(), folder(other));
        after.put(other.value(), folder(one));
        try {
            writeNames(after);
        } catch (IOException e) {
            try {
                // it is not known which of the files is there
                names = "?";
                writeNames(folders);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        folders.putAll(after);
    }

    private void writeNames(Map<String, String> of) throws IOException {
        StringBuilder lines = new StringBuilder();
        of.forEach((name, folder) -> {
            if (!name.equals(folder)) {
                lines.append(name).append(' ').append(folder).append('\n');
            }
        });
        if (!names.contentEquals(lines)) {
            replace(writes, root.resolve(NAMES_FILE), lines.toString());
            writes.sync(root);
            names = lines.toString();
        }
    }

    /** All of the new text or all of the old is there, whatever happens; durable once the folder is synchronised. */
    private static void replace(FolderWrites writes, Path file, String text) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        writes.write(unfinished, text);
        writes.sync(unfinished);
        writes.move(unfinished, file);
    }

    @Override
    public void close() throws IOException {
        lockChannel.close();
    }
}
