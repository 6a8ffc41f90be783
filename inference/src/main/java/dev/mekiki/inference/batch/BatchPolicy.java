package dev.mekiki.inference.batch;

import java.time.Duration;
import java.util.List;

/**
 * How items are put together.
 *
 * @param sizes the batch sizes a device may run, ascending, each at least 1; the device was warmed with these and no
 *     others
 * @param maxDelay how long the oldest waiting item may wait for companions while a device is idle; zero takes what
 *     there is at once, which is best wherever a larger batch is not much cheaper per item
 * @param capacity how many items may wait, at least the largest size
 */
public record BatchPolicy(List<Integer> sizes, Duration maxDelay, int capacity) {

    public BatchPolicy {
        if (sizes.isEmpty()) {
            throw new IllegalArgumentException("sizes: none (expected: at least one batch size)");
        }
        int previous = 0;
        for (int size : sizes) {
            if (size <= previous) {
                throw new IllegalArgumentException("sizes: " + sizes + " (expected: ascending, each at least 1)");
            }
            previous = size;
        }
        if (maxDelay.isNegative()) {
            throw new IllegalArgumentException("maxDelay: " + maxDelay + " (expected: zero or more)");
        }
        if (capacity < previous) {
            throw new IllegalArgumentException(
                    "capacity: " + capacity + " (expected: at least " + previous + ", the largest batch size)");
        }
        sizes = List.copyOf(sizes);
    }

    public int largestSize() {
        return sizes.getLast();
    }

    /**
     * The smallest allowed size that holds {@code items}.
     *
     * @param items 1..{@link #largestSize()}
     */
    public int sizeFor(int items) {
        for (int size : sizes) {
            if (size >= items) {
                return size;
            }
        }
        throw new IllegalArgumentException("items: " + items + " (expected: 1.." + largestSize() + ")");
    }

    /**
     * How many of {@code waiting} items to take at once. If they leave at most half of the next allowed size empty, all
     * of them, padded up to it; otherwise as many as fill an allowed size, the rest being left for the next batch.
     */
    int take(int waiting) {
        if (waiting >= largestSize()) {
            return largestSize();
        }
        int padded = sizeFor(waiting);
        if (2 * waiting >= padded) {
            return waiting;
        }
        int filled = waiting;
        for (int size : sizes) {
            if (size <= waiting) {
                filled = size;
            }
        }
        return filled;
    }
}
