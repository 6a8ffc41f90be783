package dev.mekiki.core.bulk;

import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryId;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * One import into one gallery: batches of rows in the order of their source.
 *
 * <p>Batches may be added before those before them are done; their images are embedded and their rows stored side by
 * side. What is found is nevertheless what would be found one after another, because what is decided about a batch waits
 * for what is decided about those before it, and takes account of those that the gallery does not show yet.
 *
 * <p>Thread-safe, but for {@link #add}, which is called by one thread at a time.
 */
public final class BulkImport {

    /** Most rows of a batch. */
    public static final int MAX_ROWS = dev.mekiki.core.gallery.GallerySearch.MAX_KEYS;

    /** Batches that were only checked are not in the gallery; so many of them are remembered instead. */
    private static final int REMEMBERED = 20;

    final GalleryId gallery;
    final EmbeddingSpace space;
    final ImportOptions options;
    final Optional<Embedder> embedder;
    final GalleryBackend galleries;
    final Executor threads;
    final InstantSource clock;
    private final Unshown unshown;

    // All of the following under this object's lock.

    /** Those that the gallery does not show yet. */
    private final Deque<ImportBatch> underWay = new ArrayDeque<>();

    private final Deque<ImportBatch> checked = new ArrayDeque<>();
    private CompletableFuture<?> lastDecided = CompletableFuture.completedFuture(null);
    private boolean abandoned;

    BulkImport(
            GalleryId gallery,
            EmbeddingSpace space,
            ImportOptions options,
            Optional<Embedder> embedder,
            GalleryBackend galleries,
            Unshown unshown,
            Executor threads,
            InstantSource clock) {
        this.gallery = gallery;
        this.space = space;
        this.options = options;
        this.embedder = embedder;
        this.galleries = galleries;
        this.unshown = unshown;
        this.threads = threads;
        this.clock = clock;
    }

    /** The space that vectors have to be of. */
    public EmbeddingSpace space() {
        return space;
    }

    /** Whether nothing is registered. */
    public boolean isValidateOnly() {
        return options.validateOnly();
    }

    /**
     * Imports the next rows. The future completes with what became of each, in their order, when those registered are
     * durable. It fails with a {@link dev.mekiki.core.failure.Failure}, perhaps wrapped in a
     * {@link java.util.concurrent.CompletionException}, if the gallery or the embedder cannot go on; rows of the batch
     * may have been registered then, and adding them again is harmless. After that, the import is of no use any more.
     *
     * @param offset position of the first row in the source
     * @param rows reads 1..{@value #MAX_ROWS} rows; called once, on one of the importer's threads
     */
    public CompletableFuture<List<RowResult>> add(long offset, Supplier<List<ImportRow>> rows) {
        ImportBatch batch;
        CompletableFuture<?> before;
        synchronized (this) {
            if (abandoned) {
                return CompletableFuture.failedFuture(new CancellationException());
            }
            List<ImportBatch> earlier = new ArrayList<>(checked);
            earlier.addAll(underWay);
            batch = new ImportBatch(this, offset, earlier);
            underWay.add(batch);
            before = lastDecided;
            lastDecided = batch.decided();
        }
        CompletableFuture<List<RowResult>> results = batch.run(rows, before);
        return results.whenComplete((_, failure) -> ended(batch, failure == null));
    }

    /**
     * Completes when look-ups see all rows that {@link #add} has said to be durable until now, and never fails: if the
     * store goes away, the rows are durable all the same, and no look-up that succeeds later misses them.
     */
    public CompletableFuture<Void> shown() {
        return unshown.shown();
    }

    /** Stops as soon as possible: nothing more is embedded, and what is not being stored already is not stored. */
    public void abandon() {
        List<ImportBatch> dropped;
        synchronized (this) {
            abandoned = true;
            dropped = new ArrayList<>(underWay);
        }
        dropped.forEach(ImportBatch::abandon);
    }

    private void ended(ImportBatch batch, boolean done) {
        if (done && options.validateOnly()) {
            remember(batch);
        }
        CompletableFuture<Void> shown = batch.shown();
        unshown.add(shown);
        var _ = shown.thenRun(() -> forget(batch));
    }

    private synchronized void remember(ImportBatch batch) {
        checked.add(batch);
        if (checked.size() > REMEMBERED) {
            checked.remove();
        }
    }

    private synchronized void forget(ImportBatch batch) {
        underWay.remove(batch);
    }
}
