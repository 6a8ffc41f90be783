package dev.mekiki.core.bulk;

import java.util.concurrent.CompletableFuture;

/** What imports have stored and the galleries do not show yet. Thread-safe. */
final class Unshown {

    private CompletableFuture<Void> all = CompletableFuture.completedFuture(null);

    /** @param shown never fails */
    synchronized void add(CompletableFuture<Void> shown) {
        all = all.isDone() ? shown : CompletableFuture.allOf(all, shown);
    }

    /** Completes when everything that was added until now is shown; never fails. */
    synchronized CompletableFuture<Void> shown() {
        return all.copy();
    }
}
