package dev.mekiki.inference.batch;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Size and delay that follow from what batches cost and from how long one may take.
 *
 * <ul>
 *   <li><b>Size:</b> the one with the least measured cost for an item of those that take no longer than allowed. Every
 *       32nd batch has the size that was not run for the longest time, so that a size that was measured in a bad moment
 *       is not given up for ever.
 *   <li><b>Delay:</b> none, unless more items are sure to come and each of them saves the device at least a twentieth of
 *       the time until it is there. Then an idle device waits for the batch to fill, at most for twice the time that
 *       takes, and at most for half of the longest run. So a single item is never delayed, batches fill under load, and
 *       nobody waits for companions that are slow to come or bring nothing.
 *   <li><b>Padding:</b> items between two sizes run as one padded batch if that is measured to be cheaper than one batch
 *       of the smaller size and another of the rest.
 * </ul>
 *
 * <p>Thread-safe; answers depend on the arguments, the costs and the spacing alone.
 */
final class MeasuredRule implements BatchRule {

    private static final int TRY_OTHER_SIZE = 32;
    private static final int LEAST_SAVING = 20;

    private final BatchCosts costs;
    private final long longestRun;
    private final LongSupplier spacing;

    /** @param spacing nanoseconds between the items that are sure to come; {@link Long#MAX_VALUE} if none is */
    MeasuredRule(BatchCosts costs, Duration longestRun, LongSupplier spacing) {
        if (!longestRun.isPositive()) {
            throw new IllegalArgumentException("longestRun: " + longestRun + " (expected: more than zero)");
        }
        this.costs = costs;
        this.longestRun = longestRun.toNanos();
        this.spacing = spacing;
    }

    @Override
    public int take(int waiting, long waitedNanos, int largest) {
        int best = costs.best(longestRun, largest);
        if (waiting < best && waitedNanos < longest(waiting, best)) {
            return 0;
        }
        if (costs.runs() % TRY_OTHER_SIZE == TRY_OTHER_SIZE - 1) {
            return costs.leastRecent(Math.min(waiting, largest));
        }
        return waiting >= best ? best : fill(waiting);
    }

    private int fill(int waiting) {
        int filled = costs.sizes().filledBy(waiting);
        if (filled == waiting) {
            return waiting;
        }
        return costs.nanos(waiting) <= costs.nanos(filled) + costs.nanos(waiting - filled) ? waiting : filled;
    }

    @Override
    public long patience(int waiting, long waitedNanos, int largest) {
        return longest(waiting, costs.best(longestRun, largest)) - waitedNanos;
    }

    /** How long the oldest of {@code waiting} items may wait for the batch of {@code best} to fill. */
    private long longest(int waiting, int best) {
        long between = spacing.getAsLong();
        if (between == Long.MAX_VALUE) {
            return 0;
        }
        int missing = best - waiting;
        long saved = costs.nanos(waiting) + costs.nanos(missing) - costs.nanos(best);
        if (saved * LEAST_SAVING < between * missing) {
            return 0;
        }
        return Math.min(2 * between * missing, longestRun / 2);
    }
}
