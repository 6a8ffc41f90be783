package dev.mekiki.inference.batch;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How items are put together.
 *
 * @param sizes the batch sizes a device may run
 * @param rule when items become a batch, and how many
 * @param capacity how many items may wait, at least the largest size
 */
public record BatchPolicy(BatchSizes sizes, BatchRule rule, int capacity) {

    public BatchPolicy {
        if (capacity < sizes.largest()) {
            throw new IllegalArgumentException(
                    "capacity: " + capacity + " (expected: at least " + sizes.largest() + ", the largest batch size)");
        }
    }

    /**
     * The largest size at once, or whatever waits when the oldest item has waited {@code maxDelay}.
     *
     * @param maxDelay how long the oldest waiting item may wait for companions while a device is idle; zero takes what
     *     there is at once
     */
    public static BatchPolicy fixed(BatchSizes sizes, Duration maxDelay, int capacity) {
        return new BatchPolicy(sizes, new FixedRule(sizes, maxDelay), capacity);
    }

    /**
     * Size and delay by what batches cost.
     *
     * <p>The size is the one with the least measured cost for an item of those whose run takes at most
     * {@code longestRun}. An idle device waits for companions only if some are sure to come and save enough of its time,
     * and never longer than half of {@code longestRun}.
     *
     * @param costs kept up to date by whoever hears of batches
     * @param longestRun more than zero; the smallest size runs whatever it takes
     * @param spacing nanoseconds between the items that are sure to come; {@link Long#MAX_VALUE} if none is
     */
    public static BatchPolicy measured(BatchCosts costs, Duration longestRun, LongSupplier spacing, int capacity) {
        return new BatchPolicy(costs.sizes(), new MeasuredRule(costs, longestRun, spacing), capacity);
    }
}
