package dev.mekiki.core.gallery;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Galleries in memory, as far as the use cases ask for them; tests say when they are away and what they show. */
public final class MemoryGalleries implements GalleryBackend, GalleryCatalogue, RegistrationStore, GallerySearch {

    /** As the port says. */
    private static final int MOST_OF_A_CONTENT = 16;

    /** @param unshown what is stored and not shown */
    private record Content(Gallery gallery, Map<RegistrationId, Registration> held, Set<RegistrationId> unshown) {

        List<Registration> shown() {
            return held.values().stream()
                    .filter(registration -> !unshown.contains(registration.id()))
                    .toList();
        }
    }

    private final Map<String, Content> galleries = new TreeMap<>();
    private CompletableFuture<Void> shown = CompletableFuture.completedFuture(null);

    /** Whether contents cannot be had. */
    public boolean away;

    /** Nothing of this label is stored. */
    public @Nullable LabelPath untakable;

    /** Runs whenever ids or contents were looked for. */
    public Runnable whenAsked = () -> {};

    /** How often something was looked up. */
    public int lookUps;

    /** How often something was stored. */
    public int appends;

    /** From now on, what is stored is not shown. */
    public synchronized void showNothingMore() {
        shown = new CompletableFuture<>();
    }

    /** Shows everything, and from now on everything at once. */
    public void showAll() {
        CompletableFuture<Void> all;
        synchronized (this) {
            galleries.values().forEach(content -> content.unshown.clear());
            all = shown;
        }
        all.complete(null);
    }

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
        galleries.put(
                gallery.id().value(),
                new Content(gallery, new ConcurrentSkipListMap<>(byValue()), ConcurrentHashMap.newKeySet()));
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
    public synchronized Gallery update(GalleryId id, UnaryOperator<Gallery> change) {
        Content content = of(id);
        Gallery changed = content.gallery.changed(change);
        galleries.put(id.value(), new Content(changed, content.held, content.unshown));
        return changed;
    }

    @Override
    public synchronized void exchange(GalleryId one, GalleryId other) {
        Content first = of(one);
        Content second = of(other);
        galleries.put(other.value(), new Content(first.gallery.withId(other), first.held, first.unshown));
        galleries.put(one.value(), new Content(second.gallery.withId(one), second.held, second.unshown));
    }

    @Override
    public synchronized Appended append(GalleryId id, List<Registration> registrations) {
        Content content = of(id);
        appends++;
        for (Registration registration : registrations) {
            requireSpace(registration.embedding(), content.gallery);
            if (registration.label().equals(untakable)) {
                throw new InvalidInput("attributes", "too much", "less");
            }
        }
        List<Addition> made = new ArrayList<>();
        for (Registration registration : registrations) {
            Registration there = content.held.putIfAbsent(registration.id(), registration);
            if (there == null) {
                made.add(new Addition.Added(registration));
                if (!shown.isDone()) {
                    content.unshown.add(registration.id());
                }
            } else if (there.key().equals(registration.key())) {
                made.add(new Addition.Present(there));
            } else {
                made.add(new Addition.Taken(there.key()));
            }
        }
        return new Appended(made, shown);
    }

    private static void requireSpace(Embedding embedding, Gallery gallery) {
        if (!embedding.space().equals(gallery.space())) {
            throw new SpaceMismatch(embedding.space(), gallery.space());
        }
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
        Content content = of(question.gallery());
        requireSpace(question.query(), content.gallery);
        lookUps++;
        List<Match> all = content.shown().stream()
                .filter(registration -> question.scope().covers(registration.label()))
                .map(r -> new Match(
                        r.id(), r.label(), new ExactScore(r.embedding().cosine(question.query()))))
                .sorted(Comparator.comparing(Match::score).reversed())
                .toList();
        List<Match> mains = bestTwo(all.stream(), match -> match.label().main());
        return new Candidates(
                mains,
                bestTwo(
                        all.stream()
                                .filter(match -> match.label()
                                        .main()
                                        .equals(mains.getFirst().label().main())),
                        Match::label),
                all.stream().limit(question.maxMatches()).toList());
    }

    private static <K> List<Match> bestTwo(Stream<Match> bestFirst, Function<Match, K> of) {
        Map<K, Match> best = new LinkedHashMap<>();
        bestFirst.forEach(match -> best.putIfAbsent(of.apply(match), match));
        return best.values().stream().limit(2).toList();
    }

    @Override
    public List<RegistrationKey> withIds(GalleryId gallery, Set<RegistrationId> ids) {
        List<RegistrationKey> found = of(gallery).shown().stream()
                .map(Registration::key)
                .filter(key -> ids.contains(key.id()))
                .toList();
        whenAsked.run();
        return found;
    }

    @Override
    public List<RegistrationKey> withContents(GalleryId gallery, Set<ContentDigest> contents) {
        List<Registration> all = of(gallery).shown();
        List<RegistrationKey> found = contents.stream()
                .flatMap(content -> all.stream()
                        .map(Registration::key)
                        .filter(key -> key.content().equals(content))
                        .limit(MOST_OF_A_CONTENT))
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
