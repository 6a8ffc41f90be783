package dev.mekiki.core.bulk;

import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryId;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Use case: from now on, these many images show those. Thread-safe. */
public final class BulkImporter {

    private final Function<EmbeddingSpace, Optional<? extends Embedder>> embedders;
    private final GalleryBackend galleries;
    private final Executor threads;
    private final InstantSource clock;
    private final Unshown unshown = new Unshown();

    /**
     * @param embedders by the space of their vectors; they wait where others would be overloaded, see
     *     {@link dev.mekiki.core.embedding.PatientEmbedder}
     * @param galleries where to store
     * @param threads where everything that takes time or blocks runs
     * @param clock dates the registrations
     */
    public BulkImporter(
            Function<EmbeddingSpace, Optional<? extends Embedder>> embedders,
            GalleryBackend galleries,
            Executor threads,
            InstantSource clock) {
        this.embedders = embedders;
        this.galleries = galleries;
        this.threads = threads;
        this.clock = clock;
    }

    /**
     * Begins to import into a gallery. What is found about its rows takes account of everything that imports before it
     * were told to be durable. The future fails with {@link NotFound} if it does not exist, and with
     * {@link dev.mekiki.core.failure.Unavailable} if the store is away.
     */
    public CompletableFuture<BulkImport> begin(GalleryId gallery, ImportOptions options) {
        return unshown.shown()
                .thenApplyAsync(
                        _ -> {
                            Gallery found = galleries
                                    .catalogue()
                                    .find(gallery)
                                    .orElseThrow(() -> new NotFound(gallery.resource()));
                            return new BulkImport(
                                    found.id(),
                                    found.space(),
                                    options,
                                    embedders.apply(found.space()).map(embedder -> embedder),
                                    galleries,
                                    unshown,
                                    threads,
                                    clock);
                        },
                        threads);
    }
}
