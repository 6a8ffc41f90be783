package dev.mekiki.gallery.milvus;

import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The collections of one gallery, and who changes them in this process. Thread-safe. */
final class GalleryCollection {

    /** What one answer of Milvus, or one request to it, should not exceed. */
    private static final int MESSAGE_BYTES = 4 << 20;

    /** Of all that a row has besides its vector, roughly. */
    private static final int ROW_BYTES = 512;

    /** How many keys one condition names. */
    private static final int KEYS_AT_ONCE = 4_096;

    /** As Milvus had it last. */
    private volatile GalleryDescription description;

    /** {@code System.nanoTime()} of the last change by this process; guarded by {@code this}. */
    private long changed = System.nanoTime();

    private final VectorIndex index;
    private final Table rows;
    private final Table labels;
    private final SubLabels subLabels;
    private final AbsentContents absentContents = new AbsentContents(System::nanoTime);
    private final ForeignIds foreignIds;
    private final Scribe scribe;

    GalleryCollection(
            Connection connection, GalleryNames names, String name, GalleryDescription description, VectorIndex index) {
        this.description = description;
        this.index = index;
        this.rows = new Table(connection, name);
        this.labels = new Table(connection, names.labelsOf(name));
        this.subLabels = new SubLabels(labels, connection.settings().staleness());
        this.foreignIds = new ForeignIds(labels, connection.settings().staleness());
        this.scribe = new Scribe(this, connection);
    }

    String name() {
        return rows.name();
    }

    GalleryDescription description() {
        return description;
    }

    /** This process changed display name or policy. */
    synchronized void changed(GalleryDescription after) {
        description = after;
        changed = System.nanoTime();
    }

    /**
     * Somebody looked what Milvus has.
     *
     * @param asked {@code System.nanoTime()} before that; what was asked for before a change says nothing of it
     */
    synchronized void seen(GalleryDescription found, long asked) {
        if (asked - changed >= 0) {
            description = found;
        }
    }

    EmbeddingSpace space() {
        return description.gallery().space();
    }

    VectorIndex index() {
        return index;
    }

    Table rows() {
        return rows;
    }

    Table labels() {
        return labels;
    }

    SubLabels subLabels() {
        return subLabels;
    }

    AbsentContents absentContents() {
        return absentContents;
    }

    ForeignIds foreignIds() {
        return foreignIds;
    }

    Scribe scribe() {
        return scribe;
    }

    /** A change failed, so that rows and paths may have been written or not; see {@link Table#doubt}. */
    void doubt() {
        rows.doubt();
        labels.doubt();
    }

    /** How many whole rows go into one message. */
    int rowsAtOnce() {
        return Math.clamp(MESSAGE_BYTES / (space().dimension() * Float.BYTES + ROW_BYTES), 16, 2_000);
    }

    List<RegistrationKey> keys(Collection<RegistrationId> ids) {
        List<RegistrationKey> found = new ArrayList<>();
        for (List<RegistrationId> some : slices(List.copyOf(ids), KEYS_AT_ONCE)) {
            found.addAll(RegistrationRows.readKeys(rows.rows(oneOf(some), RegistrationRows.KEY, some.size())));
        }
        return found;
    }

    List<Row> wholeRows(Collection<RegistrationId> ids) {
        List<Row> found = new ArrayList<>();
        for (List<RegistrationId> some : slices(List.copyOf(ids), rowsAtOnce())) {
            found.addAll(
                    RegistrationRows.readRows(rows.rows(oneOf(some), RegistrationRows.WHOLE, some.size()), space()));
        }
        return found;
    }

    /** The rows that meet a condition and have the lowest ids after one, in ascending order. */
    List<Row> firstRows(String filter, String afterId, int most) {
        List<Row> found = new ArrayList<>();
        String after = afterId;
        while (found.size() < most) {
            int asked = Math.min(most - found.size(), rowsAtOnce());
            List<Row> next = RegistrationRows.readRows(
                    rows.firstRows(
                            Filters.both(Filters.after(RegistrationRows.ID, after), filter),
                            RegistrationRows.WHOLE,
                            asked),
                    space());
            found.addAll(next);
            if (next.size() < asked) {
                break;
            }
            after = next.getLast().id().value();
        }
        return found;
    }

    /** @return for {@link Table#awaitVisible} */
    long delete(Collection<RegistrationId> ids) {
        long time = Long.MIN_VALUE;
        for (List<RegistrationId> some : slices(List.copyOf(ids), KEYS_AT_ONCE)) {
            long deleted = rows.delete(
                    RegistrationRows.ID,
                    some.stream().map(RegistrationId::value).toList());
            time = time == Long.MIN_VALUE ? deleted : Table.later(time, deleted);
        }
        return time;
    }

    private static String oneOf(List<RegistrationId> ids) {
        return Filters.oneOf(
                RegistrationRows.ID, ids.stream().map(RegistrationId::value).toList());
    }

    static <T> List<List<T>> slices(List<T> all, int size) {
        List<List<T>> slices = new ArrayList<>();
        for (int from = 0; from < all.size(); from += size) {
            slices.add(all.subList(from, Math.min(all.size(), from + size)));
        }
        return slices;
    }
}
