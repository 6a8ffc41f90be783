package dev.mekiki.client;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How long to wait before trying again: doubling, with full jitter, never less than what the service advised, and spread
 * beyond it, so that the refused do not all come back at the same moment.
 *
 * @param first the longest wait before the second attempt
 * @param longest the longest wait before any attempt, the service's advice aside
 * @param patience how long one request is tried before the service counts as away
 * @param random draws the jitter; used by several threads
 */
public record Backoff(Duration first, Duration longest, Duration patience, RandomGenerator random) {

    public Backoff {
        if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "backoff: " + first + " up to " + longest + " (expected: positive and ascending)");
        }
    }

    /**
     * @param failures how often the request failed so far, at least 1
     * @param advice what the service said last
     */
    public Duration before(int failures, Optional<Duration> advice) {
        long ceiling = Math.min(longest.toNanos(), first.toNanos() << Math.min(failures - 1, 20));
        Duration jitter = Duration.ofNanos(random.nextLong(ceiling + 1));
        return advice.orElse(Duration.ZERO).plus(jitter);
    }
}
