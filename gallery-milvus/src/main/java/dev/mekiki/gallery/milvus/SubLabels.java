package dev.mekiki.gallery.milvus;

import dev.mekiki.core.label.LabelPath;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a gallery's sub-labels, so that a look-up need not ask for a runner-up where there is none.
 * Thread-safe. What this process registers is known at once; what others do, after a bounded time.
 */
final class SubLabels {

    private static final int MOST_REMEMBERED = 1 << 16;

    private final Table labels;
    private final long staleAfterNanos;

    /** Once there is one, a row of it stays. */
    private volatile boolean any;

    /** When it was asked last whether there is any, or null; guarded by {@code this}. */
    private @Nullable Long asked;

    /** How many changes were confirmed; guarded by {@code this}. */
    private long changes;

    /** Main labels that had one path only, and when, least used first; guarded by {@code this}. */
    private final Map<String, Lonely> lonely = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Lonely> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    private record Lonely(LabelPath path, long at) {}

    SubLabels(Table labels, Duration staleness) {
        this.labels = labels;
        this.staleAfterNanos = staleness.toNanos();
    }

    /** Whether some registration may have a sub-label. */
    boolean any() {
        if (any) {
            return true;
        }
        synchronized (this) {
            if (asked != null && System.nanoTime() - asked < staleAfterNanos) {
                return any;
            }
            asked = System.nanoTime();
        }
        if (!labels.rows(Filters.different(RegistrationRows.SUB, ""), LabelRows.ALL, 1)
                .texts(LabelRows.PATH)
                .isEmpty()) {
            any = true;
        }
        return any;
    }

    /** To be given back to {@link #rememberLonely}. */
    synchronized long changes() {
        return changes;
    }

    /** Whether a path is known to be its main label's only one. */
    synchronized boolean isLonely(LabelPath path) {
        @Nullable Lonely known = lonely.get(path.main());
        return known != null && known.path.equals(path) && System.nanoTime() - known.at < staleAfterNanos;
    }

    /**
     * A look-up found that a path is its main label's only one.
     *
     * @param since {@link #changes} before it looked
     */
    synchronized void rememberLonely(LabelPath path, long since) {
        if (since == changes) {
            lonely.put(path.main(), new Lonely(path, System.nanoTime()));
        }
    }

    /** Registrations under these paths are about to be seen. */
    void written(Collection<LabelPath> paths) {
        if (paths.stream().anyMatch(path -> path.sub().isPresent())) {
            any = true;
        }
    }

    /** Registrations under these paths are seen from now on. */
    synchronized void confirmed(List<LabelPath> paths) {
        changes++;
        paths.forEach(path -> lonely.remove(path.main()));
    }
}
