package dev.mekiki.benchmarks;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, from requests sent one by one after an overload, when latency was normal again: from the first of a row of
 * answers that all took no longer than normal. Not thread-safe.
 */
final class Recovery {

    private final Duration normal;
    private final int row;
    private @Nullable Duration since;
    private int calm;

    /**
     * @param normal the longest that an answer takes normally
     * @param row how many answers have to be normal one after the other, at least 1
     */
    Recovery(Duration normal, int row) {
        this.normal = normal;
        this.row = row;
    }

    /**
     * A request was answered.
     *
     * @param sent after the end of the overload
     */
    void answered(Duration sent, Duration latency) {
        if (latency.compareTo(normal) > 0) {
            disturbed();
            return;
        }
        if (calm == 0) {
            since = sent;
        }
        calm++;
    }

    /** A request was refused, or expired. */
    void disturbed() {
        calm = 0;
        since = null;
    }

    /** How long after the end of the overload latency was normal again; empty if it is not known yet. */
    Optional<Duration> after() {
        return calm >= row ? Optional.ofNullable(since) : Optional.empty();
    }
}
