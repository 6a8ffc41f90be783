package dev.mekiki.core.keeping;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.EmbeddingSpace;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Galleries in memory, as far as keeping images and embedding anew need them. */
public final class MemoryGalleries implements GalleryBackend, GalleryCatalogue, RegistrationStore, GallerySearch {

    private record Content(Gallery gallery, Map<RegistrationId, Registration> held) {}

    private final Map<String, Content> galleries = new TreeMap<>();
    public boolean away;

    /** Completes when look-ups see what is stored; nothing before. */
    public CompletableFuture<Void> shown = CompletableFuture.completedFuture(null);

    /** Nothing of this label is stored. */
    public @Nullable LabelPath untakable;

    /** Runs whenever contents are looked for. */
    public Runnable whenAsked = () -> {};

    public Gallery create(String id, EmbeddingSpace space) {
        Gallery gallery = new Gallery(
                new GalleryId(id),
                "",
                space,
                new DecisionPolicy(1e-3, 0.6, Map.of(), 0.05),
                Instant.ofEpochSecond(galleries.size()));
        create(gallery);
        return gallery;
    }

    /** Everything in a gallery, in order of id. */
    public List<Registration> all(GalleryId id) {
        return List.copyOf(of(id).held.values());
    }

    private synchronized Content of(GalleryId id) {
        if (away) {
            throw new Unavailable("away", Duration.ofSeconds(1));
        }
        Content content = galleries.get(id.value());
        if (content == null) {
            throw new NotFound(id.resource());
        }
        return content;
    }

    @Override
    public GalleryCatalogue catalogue() {
        return this;
    }

    @Override
    public RegistrationStore registrations() {
        return this;
    }

    @Override
    public GallerySearch search() {
        return this;
    }

    @Override
    public LabelStore labels() {
        return new LabelStore() {

            @Override
            public Page<LabelCount> list(GalleryId gallery, PageRequest page) {
                throw new AssertionError("not asked for here");
            }

            @Override
            public long count(GalleryId gallery, LabelScope scope) {
                throw new AssertionError("not asked for here");
            }

            @Override
            public int move(GalleryId gallery, LabelPath from, LabelPath to, int most) {
                throw new AssertionError("not asked for here");
            }

            @Override
            public int delete(GalleryId gallery, LabelPath label, int most) {
                throw new AssertionError("not asked for here");
            }
        };
    }

    @Override
    public void close() {}

    @Override
    public synchronized void create(Gallery gallery) {
        galleries.put(gallery.id().value(), new Content(gallery, new ConcurrentSkipListMap<>(byValue())));
    }

    private static Comparator<RegistrationId> byValue() {
        return Comparator.comparing(RegistrationId::value);
    }

    @Override
    public synchronized Optional<Gallery> find(GalleryId id) {
        return Optional.ofNullable(galleries.get(id.value())).map(Content::gallery);
    }

    @Override
    public synchronized Page<Gallery> list(PageRequest page) {
        if (away) {
            throw new Unavailable("away", Duration.ofSeconds(1));
        }
        return page(
                "galleries",
                galleries.values().stream().map(Content::gallery),
                gallery -> gallery.id().value(),
                page);
    }

    @Override
    public synchronized void delete(GalleryId id) {
        of(id);
        galleries.remove(id.value());
    }

    @Override
    public synchronized void exchange(GalleryId one, GalleryId other) {
        Content first = of(one);
        Content second = of(other);
        galleries.put(other.value(), new Content(first.gallery.withId(other), first.held));
        galleries.put(one.value(), new Content(second.gallery.withId(one), second.held));
    }

    @Override
    public Appended append(GalleryId id, List<Registration> registrations) {
        Content content = of(id);
        List<Addition> made = new ArrayList<>();
        for (Registration registration : registrations) {
            if (!registration.embedding().space().equals(content.gallery.space())) {
                throw new SpaceMismatch(registration.embedding().space(), content.gallery.space());
            }
            if (registration.label().equals(untakable)) {
                throw new InvalidInput("attributes", "too much", "less");
            }
        }
        for (Registration registration : registrations) {
            Registration there = content.held.putIfAbsent(registration.id(), registration);
            made.add(
                    there == null
                            ? new Addition.Added(registration)
                            : there.key().equals(registration.key())
                                    ? new Addition.Present(there)
                                    : new Addition.Taken(there.key()));
        }
        return new Appended(made, shown);
    }

    @Override
    public Optional<Registration> find(GalleryId gallery, RegistrationId id) {
        return Optional.ofNullable(of(gallery).held.get(id));
    }

    @Override
    public Page<Registration> list(GalleryId gallery, LabelScope scope, PageRequest page) {
        return page(
                "registrations of " + gallery + " under " + scope,
                of(gallery).held.values().stream().filter(registration -> scope.covers(registration.label())),
                registration -> registration.id().value(),
                page);
    }

    @Override
    public Registration relabel(GalleryId gallery, RegistrationId id, LabelPath label) {
        Registration moved =
                find(gallery, id).orElseThrow(() -> new NotFound(id.value())).withLabel(label);
        of(gallery).held.put(id, moved);
        return moved;
    }

    @Override
    public void delete(GalleryId gallery, RegistrationId id) {
        if (of(gallery).held.remove(id) == null) {
            throw new NotFound(Registration.resource(gallery, id));
        }
    }

    @Override
    public Candidates lookUp(LookUp question) {
        throw new AssertionError("not asked for here");
    }

    @Override
    public List<RegistrationKey> withIds(GalleryId gallery, Set<RegistrationId> ids) {
        return of(gallery).held.values().stream()
                .map(Registration::key)
                .filter(key -> ids.contains(key.id()))
                .toList();
    }

    @Override
    public List<RegistrationKey> withContents(GalleryId gallery, Set<ContentDigest> contents) {
        List<RegistrationKey> found = of(gallery).held.values().stream()
                .map(Registration::key)
                .filter(key -> shown.isDone() && contents.contains(key.content()))
                .toList();
        whenAsked.run();
        return found;
    }

    private static <T> Page<T> page(String listing, Stream<T> all, Function<T, String> key, PageRequest page) {
        PageToken token = new PageToken(listing);
        String last = token.lastOf(page).orElse("");
        List<T> rest = all.filter(item -> key.apply(item).compareTo(last) > 0).toList();
        List<T> items = rest.subList(0, Math.min(page.size(), rest.size()));
        return new Page<>(
                items, items.size() < rest.size() ? token.after(key.apply(items.getLast())) : Optional.empty());
    }
}
