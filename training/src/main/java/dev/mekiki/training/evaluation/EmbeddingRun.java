package dev.mekiki.training.evaluation;

import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Sends images through an embedder, in order, a few at a time so that it never refuses one. For one thread.
 */
final class EmbeddingRun {
    private static final int IN_FLIGHT = 32;

    private final Embedder embedder;
    private final Deque<CompletableFuture<EmbeddedImage>> running = new ArrayDeque<>();
    private final List<float[]> vectors = new ArrayList<>();

    EmbeddingRun(Embedder embedder) {
        this.embedder = embedder;
    }

    void add(byte[] image) {
        if (running.size() == IN_FLIGHT) {
            vectors.add(running.removeFirst().join().embedding().vector());
        }
        running.addLast(embedder.embed(new EncodedImage(image), Tenant.UNNAMED, Deadline.NONE));
    }

    /** Unit vectors of everything added, in order. */
    List<float[]> finish() {
        while (!running.isEmpty()) {
            vectors.add(running.removeFirst().join().embedding().vector());
        }
        return List.copyOf(vectors);
    }
}
