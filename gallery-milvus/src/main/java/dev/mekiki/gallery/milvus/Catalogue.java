package dev.mekiki.gallery.milvus;

import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryCatalogue;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.PageToken;
import io.milvus.grpc.DescribeCollectionRequest;
import io.milvus.grpc.DescribeCollectionResponse;
import io.milvus.grpc.ShowCollectionsRequest;
import io.milvus.grpc.ShowCollectionsResponse;
import io.milvus.v2.service.collection.request.AlterCollectionPropertiesReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.utility.request.AlterAliasReq;
import io.milvus.v2.service.utility.request.CreateAliasReq;
import io.milvus.v2.service.utility.request.DropAliasReq;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which galleries there are. Thread-safe.
 *
 * <p>A gallery exists as long as its alias: making the alias is what creates it, taking it away what deletes it, and
 * whatever was left half made or half taken away before and after is removed later. Which collection an alias stands for
 * is remembered for a bounded time.
 */
final class Catalogue implements GalleryCatalogue {

    private static final System.Logger LOG = System.getLogger(Catalogue.class.getName());

    /** Longer than making a gallery can take. */
    private static final Duration ABANDONED_AFTER = Duration.ofHours(1);

    private final Connection connection;
    private final GalleryNames names;
    private final Clock clock;

    private final Map<GalleryId, Resolved> resolved = new ConcurrentHashMap<>();

    /** By name; changed under {@code opening} only. */
    private final Map<String, GalleryCollection> collections = new ConcurrentHashMap<>();

    private final Object opening = new Object();

    /** Held by whoever changes which galleries there are. */
    private final ReentrantLock changing = new ReentrantLock();

    /** Guarded by {@code opening}. */
    private boolean closed;

    /**
     * What an alias stood for.
     *
     * @param at {@code System.nanoTime()}
     * @param refreshing whether somebody is looking again
     */
    private record Resolved(GalleryCollection collection, long at, AtomicBoolean refreshing) {
        Resolved(GalleryCollection collection) {
            this(collection, System.nanoTime(), new AtomicBoolean());
        }
    }

    Catalogue(Connection connection, Clock clock) {
        this.connection = connection;
        this.names = new GalleryNames(connection.settings().prefix());
        this.clock = clock;
    }

    /**
     * Looks at every gallery, finishes what broke off, and removes what was left half made.
     *
     * @throws UnusableMilvus if a collection is not as this version makes it
     */
    void check() {
        List<DescribeCollectionResponse> all = ours();
        finishExchanges(all);
        Set<String> present = new HashSet<>();
        for (DescribeCollectionResponse collection : all) {
            present.add(collection.getSchema().getName());
        }
        for (DescribeCollectionResponse collection : all) {
            String name = collection.getSchema().getName();
            GalleryDescription description = GalleryDescription.read(collection);
            if (names.isLabels(name)) {
                if (!present.contains(names.registrationsOf(name))) {
                    removeIfAbandoned(name, description);
                } else {
                    GallerySchema.requireLabels(name, collection);
                }
            } else if (collection.getAliasesList().isEmpty()) {
                removeIfAbandoned(name, description);
            } else {
                GallerySchema.requireRegistrations(
                        connection, name, collection, description.gallery().space());
                if (!present.contains(names.labelsOf(name))) {
                    throw new UnusableMilvus(
                            "collections of " + collection.getAliasesList(),
                            name + " only",
                            names.labelsOf(name) + ", too");
                }
            }
        }
    }

    private void removeIfAbandoned(String collection, GalleryDescription description) {
        if (description.made().plus(ABANDONED_AFTER).isBefore(Instant.now(clock))) {
            LOG.log(Level.INFO, () -> "removing collection " + collection + ", which belongs to no gallery");
            drop(collection);
            if (names.isRegistrations(collection)) {
                drop(names.labelsOf(collection));
            }
        }
    }

    /** What Milvus tells of the collections with this prefix. */
    private List<DescribeCollectionResponse> ours() {
        Duration deadline = connection.settings().changeDeadline();
        ShowCollectionsResponse all = refusing(() -> connection.unwatched(deadline, stub -> {
            ShowCollectionsResponse shown = stub.showCollections(ShowCollectionsRequest.getDefaultInstance());
            Refusal.check(shown.getStatus());
            return shown;
        }));
        List<DescribeCollectionResponse> described = new ArrayList<>();
        for (String name : all.getCollectionNamesList()) {
            if (names.isRegistrations(name) || names.isLabels(name)) {
                describe(name).ifPresent(described::add);
            }
        }
        return described;
    }

    /** @param name of a collection, or an alias; empty if there is none */
    private Optional<DescribeCollectionResponse> describe(String name) {
        return refusing(() -> {
            try {
                return Optional.of(connection.unwatched(connection.settings().lookUpDeadline(), stub -> {
                    DescribeCollectionResponse found = stub.describeCollection(DescribeCollectionRequest.newBuilder()
                            .setCollectionName(name)
                            .build());
                    Refusal.check(found.getStatus());
                    return found;
                }));
            } catch (Refusal e) {
                if (e.isNoCollection()) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    private <T> T refusing(Supplier<T> work) {
        try {
            return work.get();
        } catch (Refusal e) {
            throw connection.unavailable("Milvus refuses work on the catalogue", e);
        }
    }

    /**
     * Does something with the collection of a gallery; if that is dropped meanwhile, once more with the one that has
     * taken its place.
     *
     * @throws NotFound if there is no such gallery
     */
    <T> T with(GalleryId id, Function<GalleryCollection, T> work) {
        connection.requireAvailable();
        GalleryCollection first = resolve(id);
        try {
            return work.apply(first);
        } catch (Gone e) {
            forget(first);
        }
        GalleryCollection second = resolve(id);
        try {
            return work.apply(second);
        } catch (Gone e) {
            forget(second);
            throw new NotFound(id.resource());
        }
    }

    private GalleryCollection resolve(GalleryId id) {
        return lookUp(id).orElseThrow(() -> new NotFound(id.resource()));
    }

    private Optional<GalleryCollection> lookUp(GalleryId id) {
        @Nullable Resolved known = resolved.get(id);
        if (known == null) {
            return refresh(id);
        }
        if (System.nanoTime() - known.at < connection.settings().staleness().toNanos()) {
            return Optional.of(known.collection);
        }
        if (!known.refreshing.compareAndSet(false, true)) {
            return Optional.of(known.collection); // somebody is looking
        }
        try {
            return refresh(id);
        } finally {
            known.refreshing.set(false);
        }
    }

    private Optional<GalleryCollection> refresh(GalleryId id) {
        long asked = System.nanoTime();
        Optional<DescribeCollectionResponse> found = describe(names.alias(id));
        if (found.isEmpty()) {
            @Nullable Resolved old = resolved.remove(id);
            if (old != null && describe(old.collection.name()).isEmpty()) {
                forget(old.collection);
            }
            return Optional.empty();
        }
        GalleryCollection collection = opened(found.get(), asked);
        @Nullable Resolved old = resolved.put(id, new Resolved(collection));
        if (old != null
                && old.collection != collection
                && describe(old.collection.name()).isEmpty()) {
            forget(old.collection);
        }
        return Optional.of(collection);
    }

    /** @param asked {@code System.nanoTime()} before it was described */
    private GalleryCollection opened(DescribeCollectionResponse described, long asked) {
        String name = described.getSchema().getName();
        @Nullable GalleryCollection known = collections.get(name);
        if (known != null) {
            known.seen(GalleryDescription.read(described), asked);
            return known;
        }
        synchronized (opening) {
            @Nullable GalleryCollection meanwhile = collections.get(name);
            if (meanwhile != null) {
                return meanwhile;
            }
            if (closed) {
                throw new Unavailable("the gallery store is closed", Connection.RETRY_AFTER);
            }
            GalleryDescription description = GalleryDescription.read(described);
            VectorIndex index = refusing(() -> GallerySchema.requireRegistrations(
                    connection, name, described, description.gallery().space()));
            GalleryCollection collection = new GalleryCollection(connection, names, name, description, index);
            collections.put(name, collection);
            return collection;
        }
    }

    /** A collection was dropped. */
    private void forget(GalleryCollection collection) {
        synchronized (opening) {
            collections.remove(collection.name(), collection);
        }
        resolved.values().removeIf(known -> known.collection == collection);
        collection.scribe().closeToDelete();
    }

    @Override
    public void create(Gallery gallery) {
        connection.requireAvailable();
        changing.lock();
        try {
            String alias = names.alias(gallery.id());
            if (describe(alias).isPresent()) {
                throw new AlreadyExists(gallery.id().resource());
            }
            String collection = names.newCollection(gallery.id());
            boolean created = false;
            try {
                GalleryDescription description = new GalleryDescription(gallery, Instant.now(clock));
                refusing(() -> {
                    GallerySchema.createLabels(connection, names.labelsOf(collection), description);
                    GallerySchema.createRegistrations(connection, collection, description);
                    return true;
                });
                new Table(connection, names.labelsOf(collection)).load();
                new Table(connection, collection).load();
                created = appear(alias, collection);
                if (!created) {
                    throw new AlreadyExists(gallery.id().resource());
                }
            } catch (Refusal e) {
                throw connection.unavailable(gallery.id().resource() + " could not be created", e);
            } finally {
                if (!created) {
                    withdraw(collection);
                }
            }
        } finally {
            changing.unlock();
        }
    }

    /** @return false if the alias stands for another collection */
    private boolean appear(String alias, String collection) {
        try {
            connection.administer(client -> {
                client.createAlias(CreateAliasReq.builder()
                        .alias(alias)
                        .collectionName(collection)
                        .build());
            });
            return true;
        } catch (Refusal e) {
            if (e.isAliasElsewhere()) {
                return false;
            }
            throw e;
        } catch (Unavailable e) {
            // it may have been made nevertheless
            if (describe(alias)
                    .filter(found -> found.getSchema().getName().equals(collection))
                    .isPresent()) {
                return true;
            }
            throw e;
        }
    }

    /** Nobody was told that it exists. What cannot be removed now is found abandoned later. */
    private void withdraw(String collection) {
        try {
            drop(collection);
            drop(names.labelsOf(collection));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, () -> "collection " + collection + ", half made, could not be removed yet", e);
        }
    }

    private void drop(String collection) {
        try {
            connection.administer(client -> {
                client.dropCollection(
                        DropCollectionReq.builder().collectionName(collection).build());
            });
        } catch (Refusal e) {
            if (!e.isNoCollection()) {
                throw connection.unavailable("collection " + collection + " could not be dropped", e);
            }
        }
    }

    @Override
    public Optional<Gallery> find(GalleryId id) {
        connection.requireAvailable();
        return lookUp(id).map(collection -> collection.description().gallery().withId(id));
    }

    @Override
    public Page<Gallery> list(PageRequest page) {
        connection.requireAvailable();
        PageToken token = new PageToken("galleries");
        NavigableMap<String, Gallery> galleries = new TreeMap<>();
        for (DescribeCollectionResponse collection : ours()) {
            String name = collection.getSchema().getName();
            for (String alias : collection.getAliasesList()) {
                names.gallery(alias)
                        .ifPresent(id -> galleries.put(
                                id.value(),
                                GalleryDescription.read(collection).gallery().withId(id)));
            }
        }
        NavigableMap<String, Gallery> rest =
                token.lastOf(page).map(last -> galleries.tailMap(last, false)).orElse(galleries);
        List<Gallery> items = rest.values().stream().limit(page.size()).toList();
        return new Page<>(
                items,
                rest.size() > page.size() ? token.after(items.getLast().id().value()) : Optional.empty());
    }

    @Override
    public Gallery update(GalleryId id, UnaryOperator<Gallery> change) {
        connection.requireAvailable();
        changing.lock();
        try {
            GalleryCollection collection = refresh(id).orElseThrow(() -> new NotFound(id.resource()));
            GalleryDescription before = collection.description();
            Gallery changed = before.gallery().withId(id).changed(change);
            GalleryDescription after = new GalleryDescription(
                    before.gallery().with(changed.displayName(), changed.policy()), before.made());
            String written = after.write();
            try {
                connection.administer(client -> {
                    client.alterCollectionProperties(AlterCollectionPropertiesReq.builder()
                            .collectionName(collection.name())
                            .property(GalleryDescription.PROPERTY, written)
                            .build());
                });
            } catch (Refusal e) {
                throw e.isNoCollection()
                        ? new NotFound(id.resource())
                        : connection.unavailable(id.resource() + " could not be changed", e);
            }
            collection.changed(after);
            return changed;
        } finally {
            changing.unlock();
        }
    }

    @Override
    public void delete(GalleryId id) {
        connection.requireAvailable();
        changing.lock();
        try {
            GalleryCollection collection = refresh(id).orElseThrow(() -> new NotFound(id.resource()));
            try {
                connection.administer(client -> {
                    client.dropAlias(
                            DropAliasReq.builder().alias(names.alias(id)).build());
                });
            } catch (Refusal e) {
                throw connection.unavailable(id.resource() + " could not be deleted", e);
            } finally {
                resolved.remove(id);
            }
            forget(collection);
            withdraw(collection.name());
        } finally {
            changing.unlock();
        }
    }

    @Override
    public void exchange(GalleryId one, GalleryId other) {
        if (one.equals(other)) {
            throw new InvalidInput("other", "\"" + other + "\"", "another gallery");
        }
        connection.requireAvailable();
        changing.lock();
        try {
            finishExchanges(ours());
            String first =
                    refresh(one).orElseThrow(() -> new NotFound(one.resource())).name();
            String second = refresh(other)
                    .orElseThrow(() -> new NotFound(other.resource()))
                    .name();
            if (first.equals(second)) {
                return;
            }
            GalleryNames.Exchange exchange = new GalleryNames.Exchange(one, other);
            refusing(() -> {
                connection.administer(client -> {
                    client.createAlias(CreateAliasReq.builder()
                            .alias(names.alias(exchange))
                            .collectionName(first)
                            .build());
                });
                carryOut(exchange, first, second);
                return true;
            });
        } finally {
            resolved.remove(one);
            resolved.remove(other);
            changing.unlock();
        }
    }

    /** From the exchange's alias on, this is repeated until it is done. */
    private void carryOut(GalleryNames.Exchange exchange, String first, String second) {
        pointTo(names.alias(exchange.one()), second);
        pointTo(names.alias(exchange.other()), first);
        connection.administerUnwatched(client -> {
            client.dropAlias(DropAliasReq.builder().alias(names.alias(exchange)).build());
        });
    }

    private void pointTo(String alias, String collection) {
        connection.administerUnwatched(client -> {
            client.alterAlias(AlterAliasReq.builder()
                    .alias(alias)
                    .collectionName(collection)
                    .build());
        });
    }

    /** Carries on with exchanges that broke off when Milvus, or the process that made them, went away. */
    private void finishExchanges(List<DescribeCollectionResponse> all) {
        for (DescribeCollectionResponse collection : all) {
            for (String alias : collection.getAliasesList()) {
                names.exchange(alias)
                        .ifPresent(exchange -> refusing(() -> {
                            finish(exchange, collection.getSchema().getName());
                            return true;
                        }));
            }
        }
    }

    /** @param first the collection that was the first gallery's before */
    private void finish(GalleryNames.Exchange exchange, String first) {
        String one = target(exchange.one());
        String other = target(exchange.other());
        // "other" changes hands last: while it is elsewhere, that is the second collection; afterwards "one" stands for
        // it
        String second = other.equals(first) ? one : other;
        LOG.log(Level.INFO, () -> "finishing the exchange of " + exchange.one() + " and " + exchange.other());
        if (second.isEmpty() || second.equals(first)) {
            connection.administerUnwatched(client -> {
                client.dropAlias(
                        DropAliasReq.builder().alias(names.alias(exchange)).build());
            });
        } else {
            carryOut(exchange, first, second);
        }
    }

    private String target(GalleryId id) {
        return describe(names.alias(id))
                .map(found -> found.getSchema().getName())
                .orElse("");
    }

    /** After Milvus was away: whether everything can be used again that was in use before. */
    boolean recover() {
        resolved.clear();
        finishExchanges(ours());
        boolean readable = true;
        for (GalleryCollection collection : collections.values()) {
            readable &= collection.rows().isReadable(RegistrationRows.ID);
            readable &= collection.labels().isReadable(LabelRows.PATH);
        }
        return readable;
    }

    void close() {
        List<GalleryCollection> open;
        synchronized (opening) {
            closed = true;
            open = List.copyOf(collections.values());
        }
        open.forEach(collection -> collection.scribe().close());
    }
}
