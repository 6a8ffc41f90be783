package dev.mekiki.cli.archive;

import dev.mekiki.analysis.Bounds;
import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.SnapshotSampler;
import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.cli.table.UnreadableTableException;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.io.IOException;

/** The registrations of an archive, to analyse. */
public final class ArchivedSnapshot {

    private ArchivedSnapshot() {}

    /**
     * Reads all rows, and keeps as many as the bounds allow.
     *
     * @param progress reaches the number of rows
     * @param seed chooses which are kept, if not all fit
     * @throws UnreadableTableException if a row is damaged, or there are fewer than two
     * @throws IOException if the file cannot be read
     */
    public static Snapshot of(GalleryArchive archive, Bounds bounds, long seed, Progress progress) throws IOException {
        SnapshotSampler sampler = new SnapshotSampler(
                archive.notes().gallery().getEmbeddingSpace().getDimension(), bounds.registrations(), seed);
        long row = 0;
        try (RegistrationCursor rows = archive.registrations()) {
            for (ArchivedRegistration r = rows.next(); r != null; r = rows.next()) {
                row++;
                sampler.add(
                        new RegistrationId(r.id()),
                        LabelPath.parse(r.label()),
                        new ContentDigest(r.contentDigest()),
                        r.vector());
                progress.reach(row);
            }
            return sampler.snapshot();
        } catch (InvalidInput | IllegalArgumentException e) {
            throw new UnreadableTableException(archive.file() + ": row " + row + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
