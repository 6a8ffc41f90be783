package dev.mekiki.gallery.embedded;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryCatalogue;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.GallerySearch;
import dev.mekiki.core.gallery.LabelCount;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationStore;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOFunction;
import org.jspecify.annotations.Nullable;

/**
 * Galleries in a folder of this machine. Thread-safe.
 *
 * <p>What was acknowledged survives the process being killed and the machine losing power, as far as the file system
 * keeps what {@code fsync} promised. Concurrent changes of a gallery become durable together.
 *
 * <p>Run the JVM with {@code --add-modules jdk.incubator.vector}; comparing vectors is about twice as fast then.
 */
public final class EmbeddedGallery implements GalleryBackend {

    private static final System.Logger LOG = System.getLogger(EmbeddedGallery.class.getName());
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final EmbeddedGallerySettings settings;
    private final GalleryDirectory directory;
    private final IOFunction<Path, Directory> indexDirectories;

    /** By id; changed under {@code catalogueLock} only. */
    private final NavigableMap<String, GalleryIndex> indexes = new ConcurrentSkipListMap<>();

    private final Object catalogueLock = new Object();
    private volatile boolean closed;

    private EmbeddedGallery(
            EmbeddedGallerySettings settings,
            GalleryDirectory directory,
            IOFunction<Path, Directory> indexDirectories) {
        this.settings = settings;
        this.directory = directory;
        this.indexDirectories = indexDirectories;
    }

    /**
     * Opens the galleries in a folder, or makes an empty store of an empty one.
     *
     * @throws UnusableGalleryDirectory if it is open elsewhere, holds something else, is of another version or damaged
     * @throws UncheckedIOException if it cannot be read or written
     */
    public static EmbeddedGallery open(EmbeddedGallerySettings settings) {
        return open(settings, GalleryIndex::onFileSystem);
    }

    /** @param indexDirectories opens the folder of an index */
    static EmbeddedGallery open(EmbeddedGallerySettings settings, IOFunction<Path, Directory> indexDirectories) {
        try {
            GalleryDirectory directory = GalleryDirectory.open(settings.directory());
            EmbeddedGallery store = new EmbeddedGallery(settings, directory, indexDirectories);
            boolean opened = false;
            try {
                for (GalleryId id : directory.ids()) {
                    store.indexes.put(id.value(), GalleryIndex.open(directory.path(id), settings, indexDirectories));
                }
                opened = true;
                return store;
            } finally {
                if (!opened) {
                    store.close();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(settings.directory() + " cannot be opened as galleries", e);
        }
    }

    @Override
    public GalleryCatalogue catalogue() {
        return catalogue;
    }

    @Override
    public RegistrationStore registrations() {
        return registrations;
    }

    @Override
    public GallerySearch search() {
        return search;
    }

    @Override
    public void close() {
        synchronized (catalogueLock) {
            if (closed) {
                return;
            }
            closed = true;
            indexes.values().forEach(GalleryIndex::close);
            try {
                directory.close();
            } catch (IOException e) {
                LOG.log(Level.WARNING, () -> "closing " + settings.directory() + " failed", e);
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new Unavailable("the gallery store is closed", RETRY_AFTER);
        }
    }

    private GalleryIndex index(GalleryId id) {
        requireOpen();
        @Nullable GalleryIndex index = indexes.get(id.value());
        if (index == null) {
            throw new NotFound(id.resource());
        }
        return index;
    }

    private static void requireSpace(Gallery gallery, Embedding embedding) {
        if (!embedding.space().equals(gallery.space())) {
            throw new SpaceMismatch(embedding.space(), gallery.space());
        }
    }

    /** Nobody was told that it exists, so the caller may try again. */
    private void withdraw(GalleryId id) {
        try {
            directory.disappear(id);
        } catch (IOException e) {
            LOG.log(Level.WARNING, () -> "what was made of " + id.resource() + " could not be removed", e);
        }
    }

    private static Unavailable unavailable(GalleryId id, String done, IOException e) {
        LOG.log(Level.ERROR, () -> id.resource() + " could not be " + done, e);
        return new Unavailable(id.resource() + " could not be " + done + ": " + e.getMessage(), RETRY_AFTER, e);
    }

    private final GalleryCatalogue catalogue = new GalleryCatalogue() {

        @Override
        public void create(Gallery gallery) {
            GalleryId id = gallery.id();
            synchronized (catalogueLock) {
                requireOpen();
                if (indexes.containsKey(id.value())) {
                    throw new AlreadyExists(id.resource());
                }
                boolean created = false;
                try {
                    GalleryIndex.create(directory.begin(id), gallery, settings, indexDirectories);
                    directory.appear(id);
                    indexes.put(id.value(), GalleryIndex.open(directory.path(id), settings, indexDirectories));
                    created = true;
                } catch (IOException e) {
                    throw unavailable(id, "created", e);
                } finally {
                    if (!created) {
                        withdraw(id);
                    }
                }
            }
        }

        @Override
        public Optional<Gallery> find(GalleryId id) {
            requireOpen();
            return Optional.ofNullable(indexes.get(id.value())).map(GalleryIndex::gallery);
        }

        @Override
        public Page<Gallery> list(PageRequest page) {
            requireOpen();
            PageToken token = new PageToken("galleries");
            NavigableMap<String, GalleryIndex> rest =
                    token.lastOf(page).map(last -> indexes.tailMap(last, false)).orElse(indexes);
            List<Gallery> galleries = new ArrayList<>();
            for (GalleryIndex index : rest.values()) {
                if (galleries.size() == page.size()) {
                    return new Page<>(
                            galleries, token.after(galleries.getLast().id().value()));
                }
                galleries.add(index.gallery());
            }
            return new Page<>(galleries, Optional.empty());
        }

        @Override
        public void delete(GalleryId id) {
            synchronized (catalogueLock) {
                GalleryIndex index = index(id);
                index.closeToDelete();
                try {
                    directory.disappear(id);
                } catch (IOException e) {
                    throw unavailable(id, "deleted", e);
                }
                indexes.remove(id.value());
            }
        }
    };

    private final RegistrationStore registrations = new RegistrationStore() {

        @Override
        public Registration add(Registration registration) {
            GalleryIndex index = index(registration.gallery());
            requireSpace(index.gallery(), registration.embedding());
            Registration dated = new Registration(
                    registration.gallery(),
                    registration.id(),
                    registration.label(),
                    registration.content(),
                    registration.embedding(),
                    registration.attributes(),
                    registration.createTime().truncatedTo(ChronoUnit.MILLIS));
            return index.change(Change.add(dated)).orElseThrow();
        }

        @Override
        public Optional<Registration> find(GalleryId gallery, RegistrationId id) {
            GalleryIndex index = index(gallery);
            return index.read(searcher -> Optional.ofNullable(
                    RegistrationDocument.find((DirectoryReader) searcher.getIndexReader(), index.gallery(), id)));
        }

        @Override
        public Page<Registration> list(GalleryId gallery, LabelScope scope, PageRequest page) {
            GalleryIndex index = index(gallery);
            return index.read(searcher -> new RegistrationListing(searcher, index.gallery()).page(scope, page));
        }

        @Override
        public Registration relabel(GalleryId gallery, RegistrationId id, LabelPath label) {
            return index(gallery).change(Change.relabel(gallery, id, label)).orElseThrow();
        }

        @Override
        public void delete(GalleryId gallery, RegistrationId id) {
            index(gallery).change(Change.delete(gallery, id));
        }
    };

    private final GallerySearch search = new GallerySearch() {

        @Override
        public Candidates lookUp(LookUp question) {
            GalleryIndex index = index(question.gallery());
            requireSpace(index.gallery(), question.query());
            return index.read(searcher ->
                    new CandidateSearch(searcher, question, settings.exhaustiveUpTo(), settings.overFetch()).run());
        }

        @Override
        public Page<LabelCount> labels(GalleryId gallery, PageRequest page) {
            return index(gallery).read(searcher -> new LabelListing(searcher.getIndexReader(), gallery).page(page));
        }
    };
}
