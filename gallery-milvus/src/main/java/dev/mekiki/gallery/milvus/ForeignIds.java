package dev.mekiki.gallery.milvus;

import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a registration of a gallery may have an id that looks as if it followed from a content, but does not: somebody
 * chose it. Only where there is none, a content that is absent says that the ids which follow from it are absent.
 * Thread-safe. What this process registers is known at once; what others do, after a bounded time.
 *
 * <p>It is marked by a row among the label paths, which no label can have, and which stays.
 */
final class ForeignIds {

    private final Table labels;
    private final long staleAfterNanos;

    /** True rather too early than too late. */
    private volatile boolean known;

    private volatile boolean marked;

    /** When it was asked last whether there is the mark, or null; guarded by {@code this}. */
    private @Nullable Long asked;

    ForeignIds(Table labels, Duration staleness) {
        this.labels = labels;
        this.staleAfterNanos = staleness.toNanos();
    }

    /**
     * Whether a row's id looks derived, but does not follow from its content.
     *
     * @param derived the contents that ids follow from
     */
    static boolean isForeign(Row row, Map<RegistrationId, ContentDigest> derived) {
        return row.id().hasDerivedForm() && !row.content().equals(derived.get(row.id()));
    }

    /** Whether there is such a registration as far as is known without asking. */
    boolean isKnown() {
        return known;
    }

    boolean isMarked() {
        return marked;
    }

    /** Whether there is such a registration, or was. */
    synchronized boolean any() {
        if (!known && (asked == null || System.nanoTime() - asked >= staleAfterNanos)) {
            long now = System.nanoTime();
            marked = !labels.rows(Filters.equal(LabelRows.PATH, LabelRows.FOREIGN_IDS), LabelRows.ALL, 1)
                    .texts(LabelRows.PATH)
                    .isEmpty();
            known = marked;
            asked = now;
        }
        return known;
    }

    /** To be called before such a registration is written; the mark is durable and shown when it returns. */
    synchronized void mark() {
        if (!marked) {
            known = true;
            labels.awaitVisible(LabelRows.PATH, labels.upsert(1, LabelRows.foreignIds()));
            marked = true;
        }
    }
}
