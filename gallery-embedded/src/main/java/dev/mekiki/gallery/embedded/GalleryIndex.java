package dev.mekiki.gallery.embedded;

import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.IOFunction;
import org.jspecify.annotations.Nullable;

/**
 * The index of one gallery. Thread-safe.
 *
 * <p>One thread, the scribe, makes all changes: it takes all that wait, decides each on what is there, commits them
 * together (which ends in fsync) and shows them to readers; only then do their callers go on. So callers share commits,
 * no two of them decide on the same registration at once, and nobody ever reads what is not durable yet. If a commit
 * fails, none of its changes is acknowledged, the index is taken back to the last good commit, and the next change
 * opens it again; look-ups go on meanwhile.
 *
 * <p>Segments are merged in the background, and get their graphs by that; the scribe commits and shows what was merged
 * as it does a change, but no change waits for it. Merges that closing breaks off begin again when the index is opened.
 *
 * <p>Callers' own threads never touch files being written, because Java closes those when the thread is interrupted.
 */
final class GalleryIndex {

    /** What reads a consistent state of the index. */
    interface Reading<T> {
        T apply(IndexSearcher searcher) throws IOException;
    }

    private static final System.Logger LOG = System.getLogger(GalleryIndex.class.getName());
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** Changes of one group; bounds how long the first of them waits for the others to be indexed. */
    private static final int LARGEST_GROUP = 4096;

    /** Changes that a caller makes at once, so that others come between. */
    static final int LARGEST_STEP = 1024;

    /** Enough for a group of long vectors, so that it becomes one segment; the memory is free again after it. */
    private static final double WRITE_BUFFER_MEBIBYTES = 64;

    private final EmbeddedGallerySettings settings;
    private final Directory directory;
    private final BlockingQueue<Object> waiting = new LinkedBlockingQueue<>();
    private final Thread scribe;

    private volatile Gallery gallery;

    /** Guarded by {@code this}. */
    private Ending ending = Ending.NONE;

    /** Only the scribe changes it; null after a failure, until the next change. */
    private @Nullable IndexWriter writer;

    private volatile SearcherManager readers;

    private enum Ending {
        NONE,
        CLOSED,
        DELETED
    }

    /** The last thing that the scribe finds in its queue. */
    private static final Object STOP = new Object();

    /** Wakes the scribe when there are {@link #mergesToShow}. */
    private static final Object MERGED = new Object();

    private final AtomicBoolean mergesToShow = new AtomicBoolean();

    private GalleryIndex(Gallery gallery, EmbeddedGallerySettings settings, Directory directory) throws IOException {
        this.gallery = gallery;
        this.settings = settings;
        this.directory = directory;
        IndexWriter opened = new IndexWriter(directory, configuration(settings, OpenMode.APPEND, this::merged));
        try {
            this.readers = readers(opened);
        } catch (Throwable e) {
            opened.rollback();
            throw e;
        }
        this.writer = opened;
        this.scribe =
                Thread.ofPlatform().daemon().name("gallery-" + gallery.id()).unstarted(this::write);
    }

    /** Makes the index of an empty gallery in an empty folder; durable when it returns. */
    static void create(
            Path path, Gallery gallery, EmbeddedGallerySettings settings, IOFunction<Path, Directory> directories)
            throws IOException {
        try (Directory directory = directories.apply(path);
                IndexWriter writer = new IndexWriter(directory, configuration(settings, OpenMode.CREATE, () -> {}))) {
            writer.setLiveCommitData(GalleryDescription.write(gallery).entrySet());
            writer.commit();
        }
    }

    /**
     * Opens an index; one of an earlier version is brought up to this one first.
     *
     * @param name what the gallery is called, whatever it was called when it was created
     * @throws UnusableGalleryDirectory if it is not such an index, or a damaged one
     */
    static GalleryIndex open(
            Path path, GalleryId name, EmbeddedGallerySettings settings, IOFunction<Path, Directory> directories)
            throws IOException {
        Directory directory = directories.apply(path);
        boolean opened = false;
        try {
            Map<String, String> description =
                    SegmentInfos.readLatestCommit(directory).getUserData();
            Gallery gallery = GalleryDescription.read(description).withId(name);
            if (GalleryDescription.isOutdated(description)) {
                writeAnew(directory, settings, gallery);
            }
            GalleryIndex index = new GalleryIndex(gallery, settings, directory);
            index.scribe.start();
            opened = true;
            return index;
        } catch (IndexFormatTooNewException | IndexFormatTooOldException e) {
            throw new UnusableGalleryDirectory(path, "written by another version", "a format of this version", e);
        } catch (IndexNotFoundException | CorruptIndexException | IllegalArgumentException e) {
            throw new UnusableGalleryDirectory(
                    path, "damaged: " + e.getMessage(), "a gallery; restore it from a backup", e);
        } catch (EOFException | NoSuchFileException e) {
            throw new UnusableGalleryDirectory(path, "damaged: " + e, "a gallery; restore it from a backup", e);
        } finally {
            if (!opened) {
                directory.close();
            }
        }
    }

    /** Writes all registrations as this version does. One commit: a process that dies before it leaves all as it was. */
    private static void writeAnew(Directory directory, EmbeddedGallerySettings settings, Gallery gallery)
            throws IOException {
        IndexWriter writer = new IndexWriter(directory, configuration(settings, OpenMode.APPEND, () -> {}));
        try (DirectoryReader before = DirectoryReader.open(directory)) {
            LOG.log(
                    Level.INFO,
                    () -> gallery.id().resource() + " is of an earlier version; writing its " + before.numDocs()
                            + " registrations anew");
            writer.deleteAll();
            for (LeafReaderContext leaf : before.leaves()) {
                @Nullable Bits live = leaf.reader().getLiveDocs();
                for (int doc = 0; doc < leaf.reader().maxDoc(); doc++) {
                    if (live == null || live.get(doc)) {
                        writer.addDocument(
                                RegistrationDocument.of(RegistrationDocument.read(gallery, leaf.reader(), doc)));
                    }
                }
            }
            writer.setLiveCommitData(GalleryDescription.write(gallery).entrySet());
            writer.commit();
        } finally {
            // what was committed stays; merges under way begin again when the index is used
            writer.rollback();
        }
    }

    /** @param merged is told, by any thread, when segments have been merged */
    private static IndexWriterConfig configuration(EmbeddedGallerySettings settings, OpenMode mode, Runnable merged) {
        return new IndexWriterConfig()
                .setOpenMode(mode)
                .setCodec(GraphCodec.of(settings.graphConnections(), settings.graphBeam(), settings.graphFrom()))
                .setMergeScheduler(new Merges(settings.graphFrom(), merged))
                .setRAMBufferSizeMB(WRITE_BUFFER_MEBIBYTES)
                .setMaxBufferedDocs(LARGEST_GROUP)
                // callers wait for the commit, so it does not wait for merges
                .setMaxFullFlushMergeWaitMillis(0);
    }

    private static SearcherManager readers(IndexWriter writer) throws IOException {
        return new SearcherManager(writer, new SearcherFactory() {
            @Override
            public IndexSearcher newSearcher(IndexReader reader, @Nullable IndexReader previous) {
                IndexSearcher searcher = new IndexSearcher(reader);
                searcher.setQueryCache(null);
                return searcher;
            }
        });
    }

    Gallery gallery() {
        return gallery;
    }

    /** Changes display name and policy; durable when it returns. Not from several threads at once. */
    void describe(Gallery described) {
        gallery = change(Change.describe(described));
    }

    /** What is read and said from now on is of that name. */
    void rename(GalleryId name) {
        gallery = gallery.withId(name);
    }

    /** Whether it was closed because its gallery was to be deleted. */
    synchronized boolean isDeleted() {
        return ending == Ending.DELETED;
    }

    /**
     * Makes a change and waits until it is durable.
     *
     * @return the answer to the change
     */
    <T> T change(Change<T> change) {
        synchronized (this) {
            if (ending != Ending.NONE) {
                throw gone();
            }
            waiting.add(change);
        }
        try {
            return change.done().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable(
                    "interrupted while a change of " + gallery.id().resource() + " was becoming durable",
                    RETRY_AFTER,
                    e);
        }
    }

    /** Reads the latest durable state. */
    <T> T read(Reading<T> reading) {
        try {
            while (true) {
                SearcherManager current = readers;
                IndexSearcher searcher;
                try {
                    searcher = current.acquire();
                } catch (AlreadyClosedException e) {
                    synchronized (this) {
                        if (ending != Ending.NONE) {
                            throw gone();
                        }
                    }
                    if (current == readers) {
                        throw e;
                    }
                    continue; // the scribe has just opened the index again
                }
                try {
                    return reading.apply(searcher);
                } finally {
                    current.release(searcher);
                }
            }
        } catch (IOException | UncheckedIOException | AlreadyClosedException e) {
            LOG.log(Level.ERROR, () -> "reading " + gallery.id().resource() + " failed", e);
            throw unavailable("cannot be read", e);
        }
    }

    /** Waits for changes under way. */
    void close() {
        end(Ending.CLOSED);
    }

    /** As {@link #close}; later calls are told that there is no such gallery. */
    void closeToDelete() {
        end(Ending.DELETED);
    }

    private void end(Ending how) {
        synchronized (this) {
            if (ending != Ending.NONE) {
                return;
            }
            ending = how;
            waiting.add(STOP);
        }
        boolean interrupted = false;
        while (true) {
            try {
                scribe.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void merged() {
        if (!mergesToShow.getAndSet(true)) {
            waiting.add(MERGED);
        }
    }

    private Failure gone() {
        return ending == Ending.DELETED
                ? new NotFound(gallery.id().resource())
                : new Unavailable("the gallery store is closed", RETRY_AFTER);
    }

    private Unavailable unavailable(String why, Throwable cause) {
        return new Unavailable(gallery.id().resource() + " " + why + ": " + cause.getMessage(), RETRY_AFTER, cause);
    }

    private void write() {
        resumeMerges();
        List<Change<?>> group = new ArrayList<>();
        boolean stopped = false;
        while (!stopped) {
            group.clear();
            stopped = !fill(group);
            makeDurable(group);
        }
        release();
    }

    /** Goes on with what was to be merged when the index was closed. */
    private void resumeMerges() {
        try {
            openWriter().maybeMerge();
        } catch (Throwable e) {
            LOG.log(Level.ERROR, () -> "merging " + gallery.id().resource() + " failed", e);
            abandonWriter(e);
        }
    }

    /**
     * Takes what waits, no more than the largest group unless one change alone is larger. There is no change in it if
     * something was merged and nobody wants a change.
     *
     * @return false if nothing comes after the group
     */
    private boolean fill(List<Change<?>> group) {
        int size = 0;
        boolean first = true;
        while (true) {
            Object next;
            try {
                next = first ? waiting.take() : waiting.peek();
            } catch (InterruptedException e) {
                continue; // nobody has this thread but the JVM's owner; STOP ends it
            }
            if (next == null) {
                return true;
            }
            if (next instanceof Change<?> change) {
                if (!group.isEmpty() && size + change.size() > LARGEST_GROUP) {
                    return true;
                }
                group.add(change);
                size += change.size();
            } else if (next.equals(STOP)) {
                return false;
            }
            if (!first) {
                waiting.remove();
            }
            first = false;
        }
    }

    private void makeDurable(List<Change<?>> changes) {
        boolean merged = mergesToShow.getAndSet(false);
        if (changes.isEmpty() && !merged) {
            return;
        }
        List<Runnable> replies = new ArrayList<>();
        try {
            IndexWriter open = openWriter();
            boolean changed = index(open, changes, replies);
            if (changed || merged) {
                open.commit();
                readers.maybeRefreshBlocking();
            }
        } catch (Throwable e) {
            abandonWriter(e);
            Unavailable failure = unavailable("cannot be written", e);
            changes.forEach(change -> change.done().completeExceptionally(failure));
            LOG.log(Level.ERROR, () -> "writing " + gallery.id().resource() + " failed", e);
            return;
        }
        replies.forEach(Runnable::run);
    }

    /** @return whether there is anything to commit */
    private boolean index(IndexWriter open, List<Change<?>> changes, List<Runnable> replies) throws IOException {
        IndexSearcher searcher = readers.acquire();
        try {
            Draft draft = new Draft(gallery, searcher);
            draft.seek(changes.stream().flatMap(change -> change.ids().stream()).toList());
            for (Change<?> change : changes) {
                replies.add(decide(change, draft));
            }
            return draft.writeTo(open);
        } finally {
            readers.release(searcher);
        }
    }

    private static <T> Runnable decide(Change<T> change, Draft draft) throws IOException {
        try {
            T answer = change.decision().on(draft);
            return () -> change.done().complete(answer);
        } catch (Failure failure) {
            return () -> change.done().completeExceptionally(failure);
        }
    }

    private IndexWriter openWriter() throws IOException {
        @Nullable IndexWriter current = writer;
        if (current != null && current.isOpen()) {
            return current;
        }
        if (current != null) {
            // a merge met with a failure that closed it between two changes
            abandonWriter(new IOException("the index was closed by a failure", current.getTragicException()));
        }
        IndexWriter reopened = new IndexWriter(directory, configuration(settings, OpenMode.APPEND, this::merged));
        SearcherManager old = readers;
        try {
            readers = readers(reopened);
        } catch (Throwable e) {
            reopened.rollback();
            throw e;
        }
        writer = reopened;
        old.close();
        return reopened;
    }

    /** Back to the last commit: what was not acknowledged is not to become durable with somebody else's change. */
    private void abandonWriter(Throwable cause) {
        @Nullable IndexWriter abandoned = writer;
        writer = null;
        if (abandoned != null) {
            try {
                abandoned.rollback();
            } catch (Throwable e) {
                cause.addSuppressed(e);
            }
        }
    }

    private void release() {
        try {
            readers.close();
            @Nullable IndexWriter last = writer;
            if (last != null) {
                // everything acknowledged was committed; merges under way begin again when the index is opened
                last.rollback();
            }
            directory.close();
        } catch (IOException | RuntimeException e) {
            // everything acknowledged was committed long ago
            LOG.log(Level.WARNING, () -> "closing " + gallery.id().resource() + " failed", e);
            abandonWriter(e);
        }
    }

    /** The usual file system directory; tests put others in its place. */
    static Directory onFileSystem(Path path) throws IOException {
        return FSDirectory.open(path);
    }
}
