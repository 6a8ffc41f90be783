package dev.mekiki.analysis.drift;

import java.util.Arrays;

/**
 * How many fell into each of {@value Bins#COUNT} bins. Holds no more than the bins from the first to the last that have
 * any. Immutable.
 */
public final class Histogram {

    /** Nothing was counted. */
    public static final Histogram EMPTY = new Histogram(0, new long[0]);

    private final int first;
    private final long[] counts;
    private final long total;

    /** @param counts from bin {@code first} on, neither the first nor the last of them 0; not copied */
    private Histogram(int first, long[] counts) {
        this.first = first;
        this.counts = counts;
        this.total = Arrays.stream(counts).sum();
    }

    /**
     * @param first the bin of the first count, 0..199
     * @param counts of that bin and those after it, none negative; at most as many as there are bins
     * @throws IllegalArgumentException if something is out of its range
     */
    public static Histogram of(int first, long... counts) {
        if (first < 0 || first + counts.length > Bins.COUNT) {
            throw new IllegalArgumentException("bins: " + first + ".." + (first + counts.length - 1)
                    + " (expected: within 0.." + (Bins.COUNT - 1) + ")");
        }
        int from = 0;
        int to = counts.length;
        for (long count : counts) {
            if (count < 0) {
                throw new IllegalArgumentException("count: " + count + " (expected: at least 0)");
            }
        }
        while (from < to && counts[from] == 0) {
            from++;
        }
        while (to > from && counts[to - 1] == 0) {
            to--;
        }
        return from == to ? EMPTY : new Histogram(first + from, Arrays.copyOfRange(counts, from, to));
    }

    /** The first bin that has any; 0 if none has. */
    public int first() {
        return first;
    }

    /** The counts from the {@link #first} bin to the last that has any; a copy. */
    public long[] counts() {
        return counts.clone();
    }

    /** @param bin 0..199 */
    public long count(int bin) {
        return bin < first || bin >= first + counts.length ? 0 : counts[bin - first];
    }

    public long total() {
        return total;
    }

    /** How many are in the bins before {@code bin}, 0..200. */
    public long below(int bin) {
        long below = 0;
        for (int i = 0; i < Math.min(bin - first, counts.length); i++) {
            below += counts[i];
        }
        return below;
    }

    /** Both together. */
    public Histogram plus(Histogram other) {
        if (total == 0 || other.total == 0) {
            return total == 0 ? other : this;
        }
        return merged(other, 1);
    }

    /**
     * What is left without another.
     *
     * @throws IllegalArgumentException if the other has more than this in some bin
     */
    public Histogram minus(Histogram other) {
        return other.total == 0 ? this : merged(other, -1);
    }

    private Histogram merged(Histogram other, int times) {
        int from = total == 0 ? other.first : Math.min(first, other.first);
        int to = Math.max(first + counts.length, other.first + other.counts.length);
        long[] merged = new long[to - from];
        for (int i = 0; i < merged.length; i++) {
            merged[i] = Math.addExact(count(from + i), times * other.count(from + i));
        }
        return of(from, merged);
    }

    /**
     * The number that a share of all lies below, taken as spread evenly within their bin.
     *
     * @param share in [0, 1]
     * @return NaN if nothing was counted
     */
    public double quantile(Bins bins, double share) {
        double wanted = share * total;
        long below = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0 && below + counts[i] >= wanted) {
                return bins.edge(first + i) + (wanted - below) / counts[i] / 100;
            }
            below += counts[i];
        }
        return Double.NaN;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Histogram that && first == that.first && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return 31 * first + Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return total == 0 ? "none" : first + ": " + Arrays.toString(counts);
    }
}
