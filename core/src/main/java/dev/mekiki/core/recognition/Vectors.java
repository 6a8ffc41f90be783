package dev.mekiki.core.recognition;

import dev.mekiki.core.completion.Callbacks;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.DeadlineExpired;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.PreconditionUnmet;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.Stage;
import dev.mekiki.core.time.StageDurations;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Gets the vector of a query in the space of its gallery, then goes on with it on the gallery's threads. */
final class Vectors {

    private final Embedders embedders;
    private final GalleryBackend galleries;
    private final Executor galleryThreads;
    private final LongSupplier nanoTime;
    private final Stage stage;

    /** @param stage what comes after the vector */
    Vectors(
            Embedders embedders,
            GalleryBackend galleries,
            Executor galleryThreads,
            LongSupplier nanoTime,
            Stage stage) {
        this.embedders = embedders;
        this.galleries = galleries;
        this.galleryThreads = galleryThreads;
        this.nanoTime = nanoTime;
        this.stage = stage;
    }

    /**
     * {@code next} runs on the gallery's threads, unless the deadline has passed before one of them has time; cancelling
     * the result drops the image if it still waits. Where
     * {@code next} finds that the gallery is of another space than the vector, because its name has passed to another
     * gallery meanwhile, the image is embedded once more: nobody is refused because of a change of the model.
     */
    <T> CompletableFuture<T> embedThen(
            GalleryId gallery, Query query, Deadline deadline, Function<EmbeddedImage, T> next) {
        return switch (query) {
            case Query.OfImage(var image) -> new Passage<>(gallery, image, deadline, next).begin();
            case Query.OfEmbedding(var embedding) ->
                CompletableFuture.completedFuture(new EmbeddedImage(embedding, StageDurations.NONE))
                        .thenApplyAsync(
                                embedded -> {
                                    requireTime(deadline);
                                    return next.apply(embedded);
                                },
                                galleryThreads);
        };
    }

    private void requireTime(Deadline deadline) {
        if (deadline.expiredAt(nanoTime.getAsLong())) {
            throw new DeadlineExpired(stage);
        }
    }

    private Embedder embedderOf(GalleryId id) {
        Gallery gallery = galleries.catalogue().find(id).orElseThrow(() -> new NotFound(id.resource()));
        return embedders
                .of(gallery.space())
                .orElseThrow(() -> new PreconditionUnmet(
                        "MODEL_NOT_SERVED",
                        id.resource(),
                        "an image (expected: a vector, as no model of the gallery's space, " + gallery.space()
                                + ", is served)"));
    }

    /** One image on its way to the gallery. */
    private final class Passage<T> {

        private final GalleryId gallery;
        private final EncodedImage image;
        private final Deadline deadline;
        private final Function<EmbeddedImage, T> next;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private volatile @Nullable CompletableFuture<EmbeddedImage> underWay;

        Passage(GalleryId gallery, EncodedImage image, Deadline deadline, Function<EmbeddedImage, T> next) {
            this.gallery = gallery;
            this.image = image;
            this.deadline = deadline;
            this.next = next;
        }

        CompletableFuture<T> begin() {
            var _ = answer.whenComplete((_, _) -> takeBackIfCancelled());
            if (embedders.isOne()) {
                // There is nothing to choose, so that the gallery need not be asked first.
                embed(embedders.main(), true);
            } else {
                choose(true);
            }
            return answer;
        }

        private void choose(boolean onceMore) {
            var _ = CompletableFuture.completedFuture(gallery)
                    .thenApplyAsync(id -> embedderOf(id), galleryThreads)
                    .whenComplete(Callbacks.orFail(answer, (embedder, failure) -> {
                        if (failure != null) {
                            answer.completeExceptionally(unwrapped(failure));
                        } else if (!answer.isDone()) {
                            embed(embedder, onceMore);
                        }
                    }));
        }

        private void embed(Embedder embedder, boolean onceMore) {
            CompletableFuture<EmbeddedImage> embedded = embedder.embed(image, Tenant.of(gallery), deadline);
            underWay = embedded;
            takeBackIfCancelled();
            var _ = embedded.thenApplyAsync(this::goOn, galleryThreads)
                    .whenComplete(Callbacks.orFail(answer, (result, failure) -> {
                        if (failure == null) {
                            answer.complete(result);
                        } else if (onceMore && unwrapped(failure) instanceof SpaceMismatch) {
                            choose(false);
                        } else {
                            answer.completeExceptionally(unwrapped(failure));
                        }
                    }));
        }

        private T goOn(EmbeddedImage embedded) {
            if (answer.isDone()) {
                throw new CancellationException();
            }
            requireTime(deadline);
            return next.apply(embedded);
        }

        private void takeBackIfCancelled() {
            CompletableFuture<EmbeddedImage> waiting = underWay;
            if (waiting != null && answer.isCancelled()) {
                waiting.cancel(false);
            }
        }
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
