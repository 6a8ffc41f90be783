package dev.mekiki.service.lifecycle;

import dev.mekiki.core.bulk.BulkImport;
import dev.mekiki.core.bulk.BulkImporter;
import dev.mekiki.core.bulk.ImportRow;
import dev.mekiki.core.bulk.RowResult;
import dev.mekiki.core.keeping.KeepingImport;
import dev.mekiki.core.keeping.KeptImages;
import dev.mekiki.core.reembedding.Reembedder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The use cases that work on many images at once, and wait where a single request would be refused.
 *
 * @param importer registers many
 * @param reembedder embeds galleries anew
 * @param images keeps the images of what is imported, if they are kept
 * @param threads where all of it runs
 */
public record Background(BulkImporter importer, Reembedder reembedder, Optional<KeptImages> images, Executor threads) {

    /** Adds rows to an import as {@link BulkImport#add} does, and keeps their images if images are kept. */
    public Rows rows(BulkImport bulk) {
        if (images.isEmpty()) {
            return bulk::add;
        }
        return new KeepingImport(bulk, images.get(), threads)::add;
    }

    /** Takes the rows of one import. */
    @FunctionalInterface
    public interface Rows {

        /** As {@link BulkImport#add}. */
        CompletableFuture<List<RowResult>> add(long offset, Supplier<List<ImportRow>> rows);
    }
}
