package dev.mekiki.core.embedding;

import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import java.util.concurrent.CompletableFuture;

/** Turns images into unit vectors of one space. Thread-safe. */
public interface Embedder {

    EmbeddingSpace space();

    /**
     * Decodes and embeds one image. Never blocks the caller on the device and never throws: whatever goes wrong
     * completes the future with a {@link dev.mekiki.core.failure.Failure}: {@code InvalidInput} (not an image, too
     * large), {@code Overloaded} (the queue is full, or the answer would come too late), {@code DeadlineExpired} (before
     * it cost device time), {@code Unavailable} (closed).
     *
     * <p>Cancelling the future drops the image if it has not reached the device yet. Completion runs on one of the
     * embedder's own threads: continue elsewhere with anything that takes time.
     *
     * @param tenant whose share of the embedder it takes while others wait as well
     */
    CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline);
}
