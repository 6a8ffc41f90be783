package dev.mekiki.core.keeping;

import dev.mekiki.core.bulk.BulkImport;
import dev.mekiki.core.bulk.ImportRow;
import dev.mekiki.core.bulk.RowResult;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.recognition.Query;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An import that keeps the images of its rows, those of rows that are in the gallery already included: importing once
 * more provides images of registrations that were made before images were kept. Thread-safe as {@link BulkImport} is.
 */
public final class KeepingImport {

    private final BulkImport bulk;
    private final KeptImages images;
    private final Executor threads;

    /**
     * @param bulk imports the rows
     * @param images keeps their images
     * @param threads where images that are not needed after all are deleted
     */
    public KeepingImport(BulkImport bulk, KeptImages images, Executor threads) {
        this.bulk = bulk;
        this.images = images;
        this.threads = threads;
    }

    /** As {@link BulkImport#add}; images are durable before what became of their rows is told. */
    public CompletableFuture<List<RowResult>> add(long offset, Supplier<List<ImportRow>> rows) {
        if (bulk.isValidateOnly()) {
            return bulk.add(offset, rows);
        }
        Batch batch = new Batch();
        CompletableFuture<List<RowResult>> results = bulk.add(offset, () -> batch.read(rows.get()));
        return results.whenComplete((known, _) -> batch.ended(known));
    }

    /** The images of one call of {@link #add}. */
    private final class Batch {

        private final List<Optional<ContentDigest>> contents = new ArrayList<>();
        private KeptImages.@Nullable Hold hold;

        List<ImportRow> read(List<ImportRow> rows) {
            Map<ContentDigest, EncodedImage> found = new HashMap<>();
            for (ImportRow row : rows) {
                if (row instanceof ImportRow.Readable readable
                        && readable.source() instanceof Query.OfImage(var image)) {
                    ContentDigest content = image.digest();
                    contents.add(Optional.of(content));
                    found.put(content, image);
                } else {
                    contents.add(Optional.empty());
                }
            }
            if (!found.isEmpty()) {
                hold = images.hold(found);
            }
            return rows;
        }

        /** Runs after {@link #read}, if that ran at all. */
        void ended(@Nullable List<RowResult> results) {
            KeptImages.Hold held = hold;
            if (held == null) {
                return;
            }
            boolean all = results != null;
            if (results != null) {
                for (int i = 0; i < results.size(); i++) {
                    if (results.get(i).fate() == RowResult.Fate.REFUSED) {
                        all = false;
                    } else {
                        contents.get(i).ifPresent(content -> held.confirm(List.of(content)));
                    }
                }
            }
            // Who looks for registrations of a content must be able to see them before nobody holds its image.
            CompletableFuture<Void> shown = bulk.shown();
            if (all) {
                var _ = shown.thenRun(held::close);
            } else {
                // Elsewhere, because it asks the galleries, and this may be an embedder's thread.
                var _ = shown.thenRunAsync(held::close, threads);
            }
        }
    }
}
