package dev.mekiki.inference.batch;

import java.time.Duration;

/**
 * The largest batch size that may run: all of them, and smaller ones for a while after a device had not the memory for a
 * batch. The pause begins with {@link #FIRST_PAUSE} and doubles with each one that was in vain, up to
 * {@link #LONGEST_PAUSE}: others who use the device's memory may give it back, and a batch in vain costs a run. The
 * smallest size may always run. Thread-safe.
 */
final class MemoryLimit {

    static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final BatchSizes sizes;

    // All of the following under this object's lock.
    private int largest;

    /** The smallest size that did not fit and has not fitted since; more than all sizes if there is none. */
    private int tooLarge = Integer.MAX_VALUE;

    private long pauseNanos;
    private long untilNanos;

    MemoryLimit(BatchSizes sizes) {
        this.sizes = sizes;
        largest = sizes.largest();
    }

    /** The largest size that may run now. */
    synchronized int largest(long now) {
        if (isPausing() && now - untilNanos >= 0) {
            largest = sizes.largest();
        }
        return largest;
    }

    private boolean isPausing() {
        return largest < sizes.largest();
    }

    /**
     * A device had not the memory for a batch of this size.
     *
     * @return the largest size that may run from now on
     */
    synchronized int exceeded(int size, long now) {
        int most = largest(now);
        if (!isPausing()) {
            pauseNanos = Math.clamp(2 * pauseNanos, FIRST_PAUSE.toNanos(), LONGEST_PAUSE.toNanos());
        }
        untilNanos = now + pauseNanos;
        tooLarge = Math.min(tooLarge, size);
        largest = Math.min(most, sizes.below(size));
        return largest;
    }

    /** A batch of this size fitted. */
    synchronized void fitted(int size) {
        if (size >= tooLarge) {
            tooLarge = Integer.MAX_VALUE;
            pauseNanos = 0;
        }
    }
}
