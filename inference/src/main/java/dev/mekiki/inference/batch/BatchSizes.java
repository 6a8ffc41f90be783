package dev.mekiki.inference.batch;

import java.util.List;

/**
 * The batch sizes that devices run.
 *
 * @param all ascending, each at least 1; devices were warmed with these and no others
 */
public record BatchSizes(List<Integer> all) {

    public BatchSizes {
        if (all.isEmpty()) {
            throw new IllegalArgumentException("sizes: none (expected: at least one batch size)");
        }
        int previous = 0;
        for (int size : all) {
            if (size <= previous) {
                throw new IllegalArgumentException("sizes: " + all + " (expected: ascending, each at least 1)");
            }
            previous = size;
        }
        all = List.copyOf(all);
    }

    public int largest() {
        return all.getLast();
    }

    /**
     * The smallest size that holds {@code items}.
     *
     * @param items 1..{@link #largest()}
     */
    public int holding(int items) {
        for (int size : all) {
            if (size >= items) {
                return size;
            }
        }
        throw new IllegalArgumentException("items: " + items + " (expected: 1.." + largest() + ")");
    }

    /** The largest size below this one, or the smallest if there is none. */
    int below(int size) {
        int below = all.getFirst();
        for (int smaller : all) {
            if (smaller < size) {
                below = smaller;
            }
        }
        return below;
    }

    /** The largest size that {@code items} fill, or {@code items} themselves if they fill none. */
    int filledBy(int items) {
        int filled = items;
        for (int size : all) {
            if (size <= items) {
                filled = size;
            }
        }
        return filled;
    }
}
