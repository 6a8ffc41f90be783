package dev.mekiki.inference.batch;

import java.util.Collections;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a run of each batch size takes on one device, as an exponentially weighted average of what the last ones took.
 * Thread-safe.
 */
public final class BatchCosts {

    /** A run counts an eighth, so that the last dozen decides. */
    private static final int WEIGHT = 8;

    /** After so many runs of other sizes, what is known of this one is old, and a new run counts half. */
    private static final int OLD = 16;

    /** Sizes whose cost for an item differs by less than this part count as equally good; the smaller one is taken. */
    private static final double EQUAL = 0.02;

    private static final int FIRST_RUNS = 3;

    private final BatchSizes sizes;
    private final AtomicLongArray nanos;
    private final AtomicLongArray lastRun;
    private final AtomicLong runs = new AtomicLong();

    /** Of sizes that were never run: they count as free, so that each is tried as soon as enough items wait. */
    public BatchCosts(BatchSizes sizes) {
        this.sizes = sizes;
        nanos = new AtomicLongArray(sizes.all().size());
        lastRun = new AtomicLongArray(sizes.all().size());
    }

    /**
     * Runs every size a few times on a device, and keeps the quickest run of each.
     *
     * @param item fills the batches; what is in it does not matter
     * @throws IllegalStateException if the device fails
     */
    public <I> void measure(BatchDevice<I, ?> device, I item) {
        for (int size : sizes.all()) {
            long quickest = Long.MAX_VALUE;
            for (int i = 0; i < FIRST_RUNS; i++) {
                long start = System.nanoTime();
                try {
                    device.run(Collections.nCopies(size, item));
                } catch (Exception e) {
                    throw new IllegalStateException("the device failed on a batch of " + size, e);
                }
                quickest = Math.min(quickest, System.nanoTime() - start);
            }
            ran(size, quickest);
        }
    }

    /** A batch of this size took so many nanoseconds. */
    public void ran(int size, long took) {
        int i = sizes.all().indexOf(size);
        long run = runs.incrementAndGet();
        int weight = run - lastRun.getAndSet(i, run) > OLD ? 2 : WEIGHT;
        nanos.updateAndGet(i, average -> average == 0 ? took : ((weight - 1) * average + took) / weight);
    }

    /** Batches heard of. */
    long runs() {
        return runs.get();
    }

    public BatchSizes sizes() {
        return sizes;
    }

    /** What a run of so many items takes, padded to the next size. */
    public long nanos(int items) {
        return nanos.get(sizes.all().indexOf(sizes.holding(items)));
    }

    /**
     * The size with the least cost for an item.
     *
     * @param most nanoseconds that its run may take; the smallest size is taken whatever it takes
     */
    public int best(long most) {
        return best(most, sizes.largest());
    }

    /** The same of the sizes up to {@code largest}. */
    int best(long most, int largest) {
        int best = 0;
        for (int i = 1; i < sizes.all().size() && sizes.all().get(i) <= largest; i++) {
            if (nanos.get(i) <= most && perItem(i) < (1 - EQUAL) * perItem(best)) {
                best = i;
            } else if (nanos.get(best) == 0 && nanos.get(i) == 0) {
                best = i;
            }
        }
        return sizes.all().get(best);
    }

    /** The size, of those that so many items fill, that was not run for the longest time. */
    int leastRecent(int items) {
        int oldest = 0;
        for (int i = 1; i < sizes.all().size() && sizes.all().get(i) <= items; i++) {
            if (lastRun.get(i) < lastRun.get(oldest)) {
                oldest = i;
            }
        }
        return Math.min(items, sizes.all().get(oldest));
    }

    private double perItem(int i) {
        return (double) nanos.get(i) / sizes.all().get(i);
    }
}
