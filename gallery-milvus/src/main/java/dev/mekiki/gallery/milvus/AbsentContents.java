package dev.mekiki.gallery.milvus;

import dev.mekiki.core.image.ContentDigest;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Contents that no registration has, as Milvus said a moment ago. Thread-safe.
 *
 * <p>An import asks for contents before it embeds images. Where an id follows from the content, it then need not be
 * asked for again when the registration is written: that would be a tenth of what importing costs. What this process
 * writes meanwhile is taken account of; what others write meanwhile is seen late anyway.
 */
final class AbsentContents {

    /** No more than Milvus' own staleness, which is seconds. */
    static final Duration BELIEVED = Duration.ofSeconds(2);

    private final LongSupplier nanoTime;

    /** When they were asked for, the earliest first; guarded by {@code this}. */
    private final Map<ContentDigest, Long> asked = new LinkedHashMap<>();

    /** When they were shown to be there, the earliest first; guarded by {@code this}. */
    private final Map<ContentDigest, Long> shown = new LinkedHashMap<>();

    AbsentContents(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** To be given to {@link #absent}. */
    long now() {
        return nanoTime.getAsLong();
    }

    /**
     * Milvus did not know these.
     *
     * @param since {@link #now} before it was asked
     */
    synchronized void absent(Collection<ContentDigest> contents, long since) {
        contents.forEach(content -> putLast(asked, content, since));
        dropOld(asked);
    }

    /** Registrations of these were written by this process, and are seen from now on. */
    synchronized void present(Collection<ContentDigest> contents) {
        long now = now();
        contents.forEach(content -> putLast(shown, content, now));
        dropOld(shown);
    }

    /** Whether there is no registration of a content, but for those that this process has written and are not seen. */
    synchronized boolean isAbsent(ContentDigest content) {
        @Nullable Long since = asked.get(content);
        if (since == null || now() - since > BELIEVED.toNanos()) {
            return false;
        }
        @Nullable Long there = shown.get(content);
        return there == null || there - since < 0;
    }

    private static void putLast(Map<ContentDigest, Long> times, ContentDigest content, long time) {
        times.remove(content);
        times.put(content, time);
    }

    private void dropOld(Map<ContentDigest, Long> times) {
        long now = now();
        Iterator<Long> oldestFirst = times.values().iterator();
        while (oldestFirst.hasNext() && now - oldestFirst.next() > BELIEVED.toNanos()) {
            oldestFirst.remove();
        }
    }
}
