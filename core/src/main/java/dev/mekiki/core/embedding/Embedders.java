package dev.mekiki.core.embedding;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The embedders that serve, each of another space. The first is the main one, for whoever names none; it stays, others
 * may come and go. Thread-safe.
 */
public final class Embedders {

    private final Embedder main;

    /** Replaced as a whole, never changed. */
    private volatile Map<EmbeddingSpace, Embedder> bySpace;

    /**
     * @param embedders one or more, the main one first
     * @throws IllegalArgumentException if there is none, or two make vectors of one space
     */
    public Embedders(List<? extends Embedder> embedders) {
        if (embedders.isEmpty()) {
            throw new IllegalArgumentException("embedders: none (expected: one or more)");
        }
        Map<EmbeddingSpace, Embedder> first = new LinkedHashMap<>();
        for (Embedder embedder : embedders) {
            if (first.putIfAbsent(embedder.space(), embedder) != null) {
                throw new IllegalArgumentException("models: two of the embedding space " + embedder.space()
                        + " (expected: one, as the second would never be asked)");
            }
        }
        bySpace = first;
        main = embedders.getFirst();
    }

    /** One more, last; it takes the place of the one of the same space, if there is one. */
    public synchronized void add(Embedder embedder) {
        Map<EmbeddingSpace, Embedder> more = new LinkedHashMap<>(bySpace);
        more.put(embedder.space(), embedder);
        bySpace = more;
    }

    /**
     * Forgets one, if it is here. Whoever got hold of it before may still ask it.
     *
     * @throws IllegalArgumentException if it is the main one
     */
    public synchronized void remove(Embedder embedder) {
        if (embedder == main) {
            throw new IllegalArgumentException("embedder: the main one, of " + main.space() + " (expected: another)");
        }
        Map<EmbeddingSpace, Embedder> fewer = new LinkedHashMap<>(bySpace);
        fewer.remove(embedder.space(), embedder);
        bySpace = fewer;
    }

    public Embedder main() {
        return main;
    }

    /** Whether the main one is the only one. */
    public boolean isOne() {
        return bySpace.size() == 1;
    }

    public Optional<Embedder> of(EmbeddingSpace space) {
        return Optional.ofNullable(bySpace.get(space));
    }

    /** Their spaces, the main one's first. */
    public List<EmbeddingSpace> spaces() {
        return new ArrayList<>(bySpace.keySet());
    }

    /** The space that has this digest, or else is of the model with this id; of several such models the first. */
    public Optional<EmbeddingSpace> named(String digestOrModelId) {
        return withDigest(digestOrModelId)
                .or(() -> bySpace.keySet().stream()
                        .filter(space -> space.modelId().equals(digestOrModelId))
                        .findFirst());
    }

    public Optional<EmbeddingSpace> withDigest(String digest) {
        return bySpace.keySet().stream()
                .filter(space -> space.digest().equals(digest))
                .findFirst();
    }
}
