package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.Failure;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Registrations that are durable, but perhaps not seen yet.
 *
 * @param additions what became of each, in their order
 * @param shown completes when every look-up that begins later sees them. If it fails, with
 *     {@link dev.mekiki.core.failure.Unavailable}, the store went away in the meantime: they are durable all the same,
 *     and no look-up that succeeds later misses them
 */
public record Appended(List<Addition> additions, CompletableFuture<Void> shown) {

    /** Of a store that shows what is durable. */
    public static Appended andShown(List<Addition> additions) {
        return new Appended(additions, CompletableFuture.completedFuture(null));
    }

    /**
     * Waits until they are seen.
     *
     * @return {@link #additions}
     * @throws dev.mekiki.core.failure.Unavailable if the store went away in the meantime
     */
    public List<Addition> awaitShown() {
        try {
            shown.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw e;
        }
        return additions;
    }
}
