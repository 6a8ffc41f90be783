package dev.mekiki.gallery.embedded;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.Appended;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryCatalogue;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.GallerySearch;
import dev.mekiki.core.gallery.LabelCount;
import dev.mekiki.core.gallery.LabelStore;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.PageToken;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.gallery.RegistrationStore;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;
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

    /** As {@link GallerySearch#withContents} says. */
    private static final int MOST_OF_A_CONTENT = 16;

    private final EmbeddedGallerySettings settings;
    private final GalleryDirectory directory;
    private final IOFunction<Path, Directory> indexDirectories;

    /** By id. Never changed but replaced, under {@code catalogueLock} only, so that an exchange is seen all at once. */
    private volatile NavigableMap<String, OpenGallery> galleries = Collections.emptyNavigableMap();

    private final Object catalogueLock = new Object();
    private volatile boolean closed;

    /**
     * A gallery under one of its names.
     *
     * @param gallery as it is called
     * @param index the same one under every name that the gallery has in the course of time
     */
    private record OpenGallery(Gallery gallery, GalleryIndex index) {}

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
        return open(settings, GalleryIndex::onFileSystem, FolderWrites.ON_FILE_SYSTEM);
    }

    /**
     * @param indexDirectories opens the folder of an index
     * @param folderWrites changes what is around the indexes
     */
    static EmbeddedGallery open(
            EmbeddedGallerySettings settings, IOFunction<Path, Directory> indexDirectories, FolderWrites folderWrites) {
        try {
            GalleryDirectory directory = GalleryDirectory.open(settings.directory(), folderWrites);
            EmbeddedGallery store = new EmbeddedGallery(settings, directory, indexDirectories);
            boolean opened = false;
            try {
                for (GalleryId id : directory.ids()) {
                    store.put(GalleryIndex.open(directory.path(id), id, settings, indexDirectories));
                }
                directory.becomeCurrent();
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
    public LabelStore labels() {
        return labels;
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
            galleries.values().forEach(open -> open.index().close());
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

    /** To be called under {@code catalogueLock}, or before anybody else has this. */
    private void put(GalleryIndex... indexes) {
        NavigableMap<String, OpenGallery> after = new TreeMap<>(galleries);
        for (GalleryIndex index : indexes) {
            after.put(index.gallery().id().value(), new OpenGallery(index.gallery(), index));
        }
        galleries = Collections.unmodifiableNavigableMap(after);
    }

    private OpenGallery gallery(GalleryId id) {
        requireOpen();
        @Nullable OpenGallery open = galleries.get(id.value());
        if (open == null) {
            throw new NotFound(id.resource());
        }
        return open;
    }

    private interface Use<T> {
        T of(OpenGallery open);
    }

    /** Uses what has a name; if that is deleted meanwhile and something else has the name by then, uses that. */
    private <T> T with(GalleryId id, Use<T> use) {
        OpenGallery open = gallery(id);
        while (true) {
            try {
                return use.of(open);
            } catch (NotFound e) {
                if (!open.index().isDeleted()) {
                    throw e;
                }
                OpenGallery now = gallery(id);
                if (now.index().equals(open.index())) {
                    throw new NotFound(id.resource());
                }
                open = now;
            }
        }
    }

    private static void requireSpace(Gallery gallery, Embedding embedding) {
        if (!embedding.space().equals(gallery.space())) {
            throw new SpaceMismatch(embedding.space(), gallery.space());
        }
    }

    /** Nobody was told that it exists, so the caller may try again. */
    private void withdraw(GalleryId id) {
        try {
            directory.withdraw(id);
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
                if (galleries.containsKey(id.value())) {
                    throw new AlreadyExists(id.resource());
                }
                boolean created = false;
                try {
                    Path unfinished = directory.begin();
                    GalleryIndex.create(unfinished, gallery, settings, indexDirectories);
                    directory.appear(unfinished, id);
                    put(GalleryIndex.open(directory.path(id), id, settings, indexDirectories));
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
            return Optional.ofNullable(galleries.get(id.value())).map(OpenGallery::gallery);
        }

        @Override
        public Page<Gallery> list(PageRequest page) {
            requireOpen();
            PageToken token = new PageToken("galleries");
            NavigableMap<String, OpenGallery> all = galleries;
            NavigableMap<String, OpenGallery> rest =
                    token.lastOf(page).map(last -> all.tailMap(last, false)).orElse(all);
            List<Gallery> listed = rest.values().stream()
                    .limit(page.size())
                    .map(OpenGallery::gallery)
                    .toList();
            return new Page<>(
                    listed,
                    rest.size() > page.size()
                            ? token.after(listed.getLast().id().value())
                            : Optional.empty());
        }

        @Override
        public Gallery update(GalleryId id, UnaryOperator<Gallery> change) {
            synchronized (catalogueLock) {
                OpenGallery open = gallery(id);
                open.index().describe(open.gallery().changed(change));
                put(open.index());
                return open.index().gallery();
            }
        }

        @Override
        public void delete(GalleryId id) {
            synchronized (catalogueLock) {
                gallery(id).index().closeToDelete();
                try {
                    directory.disappear(id);
                } catch (IOException e) {
                    throw unavailable(id, "deleted", e);
                }
                NavigableMap<String, OpenGallery> after = new TreeMap<>(galleries);
                after.remove(id.value());
                galleries = Collections.unmodifiableNavigableMap(after);
            }
        }

        @Override
        public void exchange(GalleryId one, GalleryId other) {
            if (one.equals(other)) {
                throw new InvalidInput("other", "\"" + other + "\"", "another gallery");
            }
            synchronized (catalogueLock) {
                GalleryIndex first = gallery(one).index();
                GalleryIndex second = gallery(other).index();
                try {
                    directory.exchange(one, other);
                } catch (IOException e) {
                    throw unavailable(one, "exchanged", e);
                }
                first.rename(other);
                second.rename(one);
                put(first, second);
            }
        }
    };

    private final RegistrationStore registrations = new RegistrationStore() {

        @Override
        public Appended append(GalleryId gallery, List<Registration> registrations) {
            List<Registration> dated = registrations.stream()
                    .map(EmbeddedGallery::toTheMillisecond)
                    .toList();
            return with(gallery, open -> {
                dated.forEach(registration -> requireSpace(open.gallery(), registration.embedding()));
                List<Addition> additions = new ArrayList<>(dated.size());
                for (int from = 0; from < dated.size(); from += GalleryIndex.LARGEST_STEP) {
                    int to = Math.min(dated.size(), from + GalleryIndex.LARGEST_STEP);
                    additions.addAll(open.index().change(Change.addAll(dated.subList(from, to))));
                }
                return Appended.andShown(additions);
            });
        }

        @Override
        public Optional<Registration> find(GalleryId gallery, RegistrationId id) {
            return with(
                    gallery,
                    open -> open.index()
                            .read(searcher -> Optional.ofNullable(
                                    RegistrationDocument.find(reader(searcher), open.gallery(), id))));
        }

        @Override
        public Page<Registration> list(GalleryId gallery, LabelScope scope, PageRequest page) {
            return with(
                    gallery,
                    open -> open.index()
                            .read(searcher -> new RegistrationListing(searcher, open.gallery()).page(scope, page)));
        }

        @Override
        public Registration relabel(GalleryId gallery, RegistrationId id, LabelPath label) {
            return with(gallery, open -> open.index().change(Change.relabel(gallery, id, label)));
        }

        @Override
        public void delete(GalleryId gallery, RegistrationId id) {
            with(gallery, open -> open.index().change(Change.delete(gallery, id)));
        }
    };

    private static Registration toTheMillisecond(Registration registration) {
        Instant time = registration.createTime().truncatedTo(ChronoUnit.MILLIS);
        if (time.equals(registration.createTime())) {
            return registration;
        }
        return new Registration(
                registration.gallery(),
                registration.id(),
                registration.label(),
                registration.content(),
                registration.embedding(),
                registration.attributes(),
                time);
    }

    private final LabelStore labels = new LabelStore() {

        @Override
        public Page<LabelCount> list(GalleryId gallery, PageRequest page) {
            return with(
                    gallery,
                    open -> open.index()
                            .read(searcher -> new LabelListing(searcher.getIndexReader(), gallery).page(page)));
        }

        @Override
        public long count(GalleryId gallery, LabelScope scope) {
            return with(
                    gallery,
                    open -> open.index().read(searcher -> (long) searcher.count(RegistrationDocument.within(scope))));
        }

        @Override
        public int move(GalleryId gallery, LabelPath from, LabelPath to, int most) {
            LabelPath.requireMovable(from, to);
            return inSteps(gallery, most, step -> Change.moveUnder(from, to, step));
        }

        @Override
        public int delete(GalleryId gallery, LabelPath label, int most) {
            return inSteps(gallery, most, step -> Change.deleteUnder(label, step));
        }
    };

    /** Makes up to {@code most} changes, no more at once than others should wait for. */
    private int inSteps(GalleryId gallery, int most, IntFunction<Change<Integer>> change) {
        if (most < 1 || most > LabelStore.MAX_STEP) {
            throw new IllegalArgumentException("most: " + most + " (expected: 1.." + LabelStore.MAX_STEP + ")");
        }
        return with(gallery, open -> {
            int changed = 0;
            while (changed < most) {
                int step = Math.min(most - changed, GalleryIndex.LARGEST_STEP);
                int now = open.index().change(change.apply(step));
                changed += now;
                if (now < step) {
                    break;
                }
            }
            return changed;
        });
    }

    private final GallerySearch search = new GallerySearch() {

        @Override
        public Candidates lookUp(LookUp question) {
            return with(question.gallery(), open -> {
                requireSpace(open.gallery(), question.query());
                return open.index()
                        .read(searcher -> new CandidateSearch(
                                        searcher, question, settings.exhaustiveUpTo(), settings.overFetch())
                                .run());
            });
        }

        @Override
        public List<RegistrationKey> withIds(GalleryId gallery, Set<RegistrationId> ids) {
            return with(
                    gallery,
                    open -> open.index().read(searcher -> RegistrationDocument.withIds(reader(searcher), ids)));
        }

        @Override
        public List<RegistrationKey> withContents(GalleryId gallery, Set<ContentDigest> contents) {
            return with(
                    gallery,
                    open -> open.index()
                            .read(searcher ->
                                    RegistrationDocument.withContents(reader(searcher), contents, MOST_OF_A_CONTENT)));
        }
    };

    private static DirectoryReader reader(IndexSearcher searcher) {
        return (DirectoryReader) searcher.getIndexReader();
    }
}
