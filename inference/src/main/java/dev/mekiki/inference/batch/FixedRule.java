package dev.mekiki.inference.batch;

import java.time.Duration;

/** The largest size at once, or whatever waits when the oldest item has waited a given time. Immutable. */
final class FixedRule implements BatchRule {

    private final BatchSizes sizes;
    private final long maxDelay;

    FixedRule(BatchSizes sizes, Duration maxDelay) {
        if (maxDelay.isNegative()) {
            throw new IllegalArgumentException("maxDelay: " + maxDelay + " (expected: zero or more)");
        }
        this.sizes = sizes;
        this.maxDelay = maxDelay.toNanos();
    }

    @Override
    public int take(int waiting, long waitedNanos, int largest) {
        if (waiting >= largest) {
            return largest;
        }
        return waitedNanos >= maxDelay ? fill(waiting) : 0;
    }

    /**
     * If they leave at most half of the next allowed size empty, all of them, padded up to it; otherwise as many as fill
     * an allowed size, the rest being left for the next batch.
     */
    private int fill(int waiting) {
        return 2 * waiting >= sizes.holding(waiting) ? waiting : sizes.filledBy(waiting);
    }

    @Override
    public long patience(int waiting, long waitedNanos, int largest) {
        return maxDelay - waitedNanos;
    }
}
