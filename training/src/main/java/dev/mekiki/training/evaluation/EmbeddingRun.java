package dev.mekiki.training.evaluation;

import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Sends images through an embedder, in order, a few at a time so that it never refuses one. For one thread.
 */
final class EmbeddingRun {
    private static final int IN_FLIGHT = 32;

    private record Running(String name, CompletableFuture<EmbeddedImage> image) {}

    private final Embedder embedder;
    private final Deque<Running> running = new ArrayDeque<>();
    private final List<float[]> vectors = new ArrayList<>();

    EmbeddingRun(Embedder embedder) {
        this.embedder = embedder;
    }

    /**
     * Adds an image, and waits if there are many under way.
     *
     * @param name for messages
     * @throws IOException if one of those added is no image
     */
    void add(String name, byte[] image) throws IOException {
        if (running.size() == IN_FLIGHT) {
            await();
        }
        running.addLast(new Running(name, embedder.embed(new EncodedImage(image), Tenant.UNNAMED, Deadline.NONE)));
    }

    /** Unit vectors of everything added, in order. */
    List<float[]> finish() throws IOException {
        while (!running.isEmpty()) {
            await();
        }
        return List.copyOf(vectors);
    }

    private void await() throws IOException {
        Running first = running.removeFirst();
        try {
            vectors.add(first.image.join().embedding().vector());
        } catch (CompletionException e) {
            if (e.getCause() instanceof InvalidInput wrong) {
                throw new IOException(first.name + ": " + wrong.getMessage(), wrong);
            }
            throw e;
        }
    }
}
