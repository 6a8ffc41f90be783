package dev.mekiki.gallery.milvus;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.Appended;
import dev.mekiki.core.gallery.Candidates;
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
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Galleries in Milvus. Thread-safe.
 *
 * <p>What was acknowledged is durable as far as Milvus' log is. What this process has changed is seen by every look-up
 * that begins later in this process; what other processes have changed, within seconds. While Milvus is away every call
 * fails at once with {@link dev.mekiki.core.failure.Unavailable}; when it is back, calls work again by themselves.
 *
 * <p>Several processes may use the same galleries. Of two that register the same id at the same moment, both may be told
 * that it was added, and one of the two registrations stays.
 */
public final class MilvusGallery implements GalleryBackend {

    /** Registrations that are handed to the scribe together, so that writing some overlaps with deciding on others. */
    private static final int BATCH = 4_096;

    private static final int MOST_OF_ONE_CONTENT = 16;

    private final Connection connection;
    private final Catalogue catalogue;

    private MilvusGallery(Connection connection, Catalogue catalogue) {
        this.connection = connection;
        this.catalogue = catalogue;
    }

    /**
     * Connects, and checks that what is there can be used.
     *
     * @param availability is told of changes; Milvus counts as available when this returns
     * @throws dev.mekiki.core.failure.Unavailable if Milvus does not answer, or is not ready; trying again makes sense
     * @throws UnusableMilvus if Milvus refuses the token, lacks the database, is too old, or holds something else under
     *     the prefix; the message says what differs
     */
    public static MilvusGallery open(MilvusGallerySettings settings, MilvusAvailability availability) {
        return open(settings, availability, Clock.systemUTC());
    }

    /** @param clock tells when a collection was made, and that nobody can be making it any more */
    static MilvusGallery open(MilvusGallerySettings settings, MilvusAvailability availability, Clock clock) {
        Connection connection = Connection.open(settings, availability);
        boolean opened = false;
        try {
            Catalogue catalogue = new Catalogue(connection, clock);
            catalogue.check();
            connection.watch(catalogue::recover);
            opened = true;
            return new MilvusGallery(connection, catalogue);
        } finally {
            if (!opened) {
                connection.close();
            }
        }
    }

    /** Whether Milvus was there when last asked. */
    public boolean available() {
        return connection.available();
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
        catalogue.close();
        connection.close();
    }

    private static void requireSpace(GalleryCollection collection, Embedding embedding) {
        if (!embedding.space().equals(collection.space())) {
            throw new SpaceMismatch(embedding.space(), collection.space());
        }
    }

    private static void requireStep(int most) {
        if (most < 1 || most > LabelStore.MAX_STEP) {
            throw new InvalidInput("most", Integer.toString(most), "1.." + LabelStore.MAX_STEP);
        }
    }

    private final RegistrationStore registrations = new RegistrationStore() {

        @Override
        public Appended append(GalleryId gallery, List<Registration> all) {
            List<Row> rows = all.stream().map(Row::of).toList();
            return catalogue.with(gallery, collection -> {
                rows.forEach(row -> requireSpace(collection, row.embedding()));
                rows.forEach(row -> RegistrationRows.requireStorable(row.attributes()));
                Map<RegistrationId, ContentDigest> derived = derived(gallery, rows);
                if (!collection.foreignIds().isMarked()
                        && rows.stream().anyMatch(row -> ForeignIds.isForeign(row, derived))) {
                    collection.foreignIds().mark();
                }
                boolean spared = rows.stream()
                                .anyMatch(row -> collection.absentContents().isAbsent(row.content()))
                        && !collection.foreignIds().any();
                List<Scribe.Pending<List<Addition>>> batches = new ArrayList<>();
                for (List<Row> batch : GalleryCollection.slices(rows, BATCH)) {
                    batches.add(collection
                            .scribe()
                            .submit(
                                    batch.stream().map(Row::id).collect(Collectors.toSet()),
                                    spared ? derived : Map.of(),
                                    present -> added(gallery, batch, present)));
                }
                List<Addition> additions = new ArrayList<>(rows.size());
                batches.forEach(batch -> additions.addAll(collection.scribe().await(batch.durable())));
                return new Appended(
                        additions,
                        CompletableFuture.allOf(
                                batches.stream().map(Scribe.Pending::shown).toArray(CompletableFuture[]::new)));
            });
        }

        private static Map<RegistrationId, ContentDigest> derived(GalleryId gallery, List<Row> rows) {
            Map<RegistrationId, ContentDigest> derived = HashMap.newHashMap(rows.size());
            for (Row row : rows) {
                if (row.isIdDerived(gallery)) {
                    derived.put(row.id(), row.content());
                }
            }
            return derived;
        }

        private List<Addition> added(GalleryId gallery, List<Row> rows, Scribe.View present) {
            Set<RegistrationId> same = new LinkedHashSet<>();
            for (Row row : rows) {
                present.key(row.id()).filter(row.key()::equals).ifPresent(key -> same.add(key.id()));
            }
            Map<RegistrationId, Row> stored = present.rows(same);
            List<Addition> additions = new ArrayList<>(rows.size());
            for (Row row : rows) {
                Optional<RegistrationKey> there = present.key(row.id());
                if (there.isEmpty()) {
                    present.put(row);
                    stored.put(row.id(), row);
                    additions.add(new Addition.Added(row.in(gallery)));
                } else if (there.get().equals(row.key())) {
                    additions.add(new Addition.Present(
                            stored.getOrDefault(row.id(), row).in(gallery)));
                } else {
                    additions.add(new Addition.Taken(there.get()));
                }
            }
            return additions;
        }

        @Override
        public Optional<Registration> find(GalleryId gallery, RegistrationId id) {
            return catalogue.with(
                    gallery,
                    collection -> collection.wholeRows(List.of(id)).stream()
                            .findFirst()
                            .map(row -> row.in(gallery)));
        }

        @Override
        public Page<Registration> list(GalleryId gallery, LabelScope scope, PageRequest page) {
            return catalogue.with(gallery, collection -> {
                PageToken token = new PageToken("registrations\n" + gallery + "\n" + identity(scope));
                List<Row> rows = collection.firstRows(
                        Filters.within(scope), token.lastOf(page).orElse(""), page.size() + 1);
                List<Row> listed = rows.subList(0, Math.min(rows.size(), page.size()));
                return new Page<>(
                        listed.stream().map(row -> row.in(gallery)).toList(),
                        rows.size() > page.size()
                                ? token.after(listed.getLast().id().value())
                                : Optional.empty());
            });
        }

        private static String identity(LabelScope scope) {
            return scope.paths().stream().sorted().map(LabelPath::toString).collect(Collectors.joining("\n"));
        }

        @Override
        public Registration relabel(GalleryId gallery, RegistrationId id, LabelPath label) {
            return catalogue.with(
                    gallery,
                    collection -> collection.scribe().change(List.of(id), present -> {
                        Row row = present(gallery, id, present);
                        Row moved = row.label().equals(label) ? row : row.withLabel(label);
                        if (moved != row) {
                            present.put(moved);
                        }
                        return moved.in(gallery);
                    }));
        }

        @Override
        public void delete(GalleryId gallery, RegistrationId id) {
            catalogue.with(
                    gallery,
                    collection -> collection.scribe().change(List.of(id), present -> {
                        if (present.key(id).isEmpty()) {
                            throw new NotFound(Registration.resource(gallery, id));
                        }
                        present.remove(id);
                        return true;
                    }));
        }

        private static Row present(GalleryId gallery, RegistrationId id, Scribe.View present) {
            @Nullable Row row = present.rows(List.of(id)).get(id);
            if (row == null) {
                throw new NotFound(Registration.resource(gallery, id));
            }
            return row;
        }
    };

    private final LabelStore labels = new LabelStore() {

        @Override
        public Page<LabelCount> list(GalleryId gallery, PageRequest page) {
            return catalogue.with(gallery, collection -> new LabelListing(collection, gallery).page(page));
        }

        @Override
        public long count(GalleryId gallery, LabelScope scope) {
            return catalogue.with(gallery, collection -> collection.rows().count(Filters.within(scope)));
        }

        @Override
        public int move(GalleryId gallery, LabelPath from, LabelPath to, int most) {
            LabelPath.requireMovable(from, to);
            requireStep(most);
            return catalogue.with(
                    gallery,
                    collection -> collection.scribe().step(() -> {
                        Map<RegistrationId, Optional<Row>> moved = new LinkedHashMap<>();
                        for (Row row : collection.firstRows(Filters.within(LabelScope.of(from)), "", most)) {
                            moved.put(
                                    row.id(),
                                    Optional.of(row.withLabel(row.label().moved(from, to))));
                        }
                        return moved;
                    }));
        }

        @Override
        public int delete(GalleryId gallery, LabelPath label, int most) {
            requireStep(most);
            return catalogue.with(
                    gallery,
                    collection -> collection.scribe().step(() -> {
                        Map<RegistrationId, Optional<Row>> deleted = new LinkedHashMap<>();
                        collection
                                .rows()
                                .rows(Filters.within(LabelScope.of(label)), List.of(RegistrationRows.ID), most)
                                .texts(RegistrationRows.ID)
                                .forEach(id -> deleted.put(new RegistrationId(id), Optional.empty()));
                        return deleted;
                    }));
        }
    };

    private final GallerySearch search = new GallerySearch() {

        @Override
        public Candidates lookUp(LookUp question) {
            return catalogue.with(question.gallery(), collection -> {
                requireSpace(collection, question.query());
                return new CandidateSearch(collection, connection.settings(), question).run();
            });
        }

        @Override
        public List<RegistrationKey> withIds(GalleryId gallery, Set<RegistrationId> ids) {
            return catalogue.with(gallery, collection -> collection.keys(ids));
        }

        @Override
        public List<RegistrationKey> withContents(GalleryId gallery, Set<ContentDigest> contents) {
            return catalogue.with(gallery, collection -> {
                long since = collection.absentContents().now();
                List<RegistrationKey> found = withContents(collection, List.copyOf(contents));
                Set<ContentDigest> absent = new HashSet<>(contents);
                found.forEach(key -> absent.remove(key.content()));
                collection.absentContents().absent(absent, since);
                return found;
            });
        }

        /** Halves the question as long as the answer may be cut short. */
        private List<RegistrationKey> withContents(GalleryCollection collection, List<ContentDigest> contents) {
            if (contents.isEmpty()) {
                return List.of();
            }
            int asked = contents.size() == 1 ? MOST_OF_ONE_CONTENT : Table.MOST_ROWS;
            List<RegistrationKey> found = RegistrationRows.readKeys(collection
                    .rows()
                    .rows(
                            Filters.oneOf(
                                    RegistrationRows.CONTENT,
                                    contents.stream().map(ContentDigest::hex).toList()),
                            RegistrationRows.KEY,
                            asked));
            if (found.size() == asked && contents.size() > 1) {
                int half = contents.size() / 2;
                List<RegistrationKey> both = new ArrayList<>(withContents(collection, contents.subList(0, half)));
                both.addAll(withContents(collection, contents.subList(half, contents.size())));
                return both;
            }
            Map<ContentDigest, Integer> taken = new HashMap<>();
            return found.stream()
                    .filter(key -> taken.merge(key.content(), 1, Integer::sum) <= MOST_OF_ONE_CONTENT)
                    .toList();
        }
    };
}
