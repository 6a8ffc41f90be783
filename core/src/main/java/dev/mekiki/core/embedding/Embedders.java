package dev.mekiki.core.embedding;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The embedders that serve, each of another space. The first is the main one, for whoever names none. Immutable. */
public final class Embedders {

    private final Embedder main;
    private final Map<EmbeddingSpace, Embedder> bySpace = new LinkedHashMap<>();

    /**
     * @param embedders one or more, the main one first
     * @throws IllegalArgumentException if there is none, or two make vectors of one space
     */
    public Embedders(List<? extends Embedder> embedders) {
        if (embedders.isEmpty()) {
            throw new IllegalArgumentException("embedders: none (expected: one or more)");
        }
        for (Embedder embedder : embedders) {
            if (bySpace.putIfAbsent(embedder.space(), embedder) != null) {
                throw new IllegalArgumentException("models: two of the embedding space " + embedder.space()
                        + " (expected: one, as the second would never be asked)");
            }
        }
        main = embedders.getFirst();
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
