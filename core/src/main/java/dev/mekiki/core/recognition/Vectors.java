package dev.mekiki.core.recognition;

import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.StageDurations;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Gets the vector of a query, then goes on with it on the gallery's threads. */
final class Vectors {

    private final Embedder embedder;
    private final Executor galleryThreads;

    Vectors(Embedder embedder, Executor galleryThreads) {
        this.embedder = embedder;
        this.galleryThreads = galleryThreads;
    }

    /** {@code next} runs on the gallery's threads; cancelling the result drops the image if it still waits. */
    <T> CompletableFuture<T> embedThen(Query query, Deadline deadline, Function<EmbeddedImage, T> next) {
        CompletableFuture<EmbeddedImage> embedded = switch (query) {
            case Query.OfImage(var image) -> embedder.embed(image, deadline);
            case Query.OfEmbedding(var embedding) ->
                CompletableFuture.completedFuture(new EmbeddedImage(embedding, StageDurations.NONE));
        };
        CompletableFuture<T> answer = embedded.thenApplyAsync(next, galleryThreads);
        answer.whenComplete((_, _) -> {
            if (answer.isCancelled()) {
                embedded.cancel(false);
            }
        });
        return answer;
    }
}
