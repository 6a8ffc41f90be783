package dev.mekiki.core.bulk;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.Appended;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryCatalogue;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.GallerySearch;
import dev.mekiki.core.gallery.LabelStore;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One gallery in memory, as far as importing needs it. */
final class MemoryGallery implements GalleryBackend, GalleryCatalogue, RegistrationStore, GallerySearch {

    private final Gallery gallery;
    final Map<RegistrationId, Registration> held = new LinkedHashMap<>();
    /** What is stored and not shown. */
    private final Set<RegistrationId> unshown = new HashSet<>();

    private CompletableFuture<Void> shown = CompletableFuture.completedFuture(null);
    int looked;
    int additions;
    boolean away;

    /** Nothing of this label is stored. */
    @Nullable
    LabelPath untakable;

    MemoryGallery(GalleryId id, EmbeddingSpace space) {
        gallery = new Gallery(id, "", space, new DecisionPolicy(1e-3, 0.6, Map.of(), 0.05), Instant.EPOCH);
    }

    /** From now on, what is stored is not shown. */
    void showNothingMore() {
        shown = new CompletableFuture<>();
    }

    /** Shows everything, and from now on everything at once. */
    void showAll() {
        unshown.clear();
        shown.complete(null);
    }

    private List<Registration> seen() {
        return held.values().stream()
                .filter(registration -> !unshown.contains(registration.id()))
                .toList();
    }

    private void requireThere() {
        if (away) {
            throw new Unavailable("away", Duration.ofSeconds(1));
        }
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
    public LabelStore labels() {
        throw new AssertionError("not asked for here");
    }

    @Override
    public GallerySearch search() {
        return this;
    }

    @Override
    public void close() {}

    @Override
    public Optional<Gallery> find(GalleryId id) {
        return id.equals(gallery.id()) ? Optional.of(gallery) : Optional.empty();
    }

    @Override
    public Appended append(GalleryId id, List<Registration> registrations) {
        requireThere();
        additions++;
        if (registrations.stream().anyMatch(registration -> registration.label().equals(untakable))) {
            throw new InvalidInput("attributes", "too much", "less");
        }
        List<Addition> made = new ArrayList<>();
        for (Registration registration : registrations) {
            Registration there = held.putIfAbsent(registration.id(), registration);
            if (there == null) {
                made.add(new Addition.Added(registration));
            } else if (there.key().equals(registration.key())) {
                made.add(new Addition.Present(there));
            } else {
                made.add(new Addition.Taken(there.key()));
            }
        }
        if (!shown.isDone()) {
            registrations.forEach(registration -> unshown.add(registration.id()));
        }
        return new Appended(made, shown);
    }

    @Override
    public List<RegistrationKey> withIds(GalleryId id, Set<RegistrationId> ids) {
        requireThere();
        return seen().stream()
                .map(Registration::key)
                .filter(key -> ids.contains(key.id()))
                .toList();
    }

    @Override
    public List<RegistrationKey> withContents(GalleryId id, Set<ContentDigest> contents) {
        requireThere();
        return contents.stream()
                .flatMap(content -> seen().stream()
                        .map(Registration::key)
                        .filter(key -> key.content().equals(content))
                        .limit(16))
                .toList();
    }

    @Override
    public Candidates lookUp(LookUp question) {
        requireThere();
        looked++;
        Map<String, Match> best = new LinkedHashMap<>();
        seen().stream()
                .map(r -> new Match(
                        r.id(), r.label(), new ExactScore(r.embedding().cosine(question.query()))))
                .sorted(Comparator.comparing(Match::score).reversed())
                .forEach(match -> best.putIfAbsent(match.label().main(), match));
        List<Match> mains = best.values().stream().limit(2).toList();
        return new Candidates(mains, mains, List.of());
    }

    /** The label of what is held under an id. */
    LabelPath label(RegistrationId id) {
        return Objects.requireNonNull(held.get(id)).label();
    }

    @Override
    public void create(Gallery created) {
        throw new AssertionError("not asked for here");
    }

    @Override
    public Page<Gallery> list(PageRequest page) {
        throw new AssertionError("not asked for here");
    }

    @Override
    public void delete(GalleryId id) {
        throw new AssertionError("not asked for here");
    }

    @Override
    public void exchange(GalleryId one, GalleryId other) {
        throw new AssertionError("not asked for here");
    }

    @Override
    public Optional<Registration> find(GalleryId id, RegistrationId registration) {
        throw new AssertionError("not asked for here");
    }

    @Override
    public Page<Registration> list(GalleryId id, LabelScope scope, PageRequest page) {
        throw new AssertionError("not asked for here");
    }

    @Override
    public Registration relabel(GalleryId id, RegistrationId registration, LabelPath label) {
        throw new AssertionError("not asked for here");
    }

    @Override
    public void delete(GalleryId id, RegistrationId registration) {
        throw new AssertionError("not asked for here");
    }
}
