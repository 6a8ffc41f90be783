package dev.mekiki.analysis.space;

import java.util.Arrays;

/**
 * For each of many rows the k best-scored ids offered so far: higher scores first, of equal scores the lower id. What is
 * kept does not depend on the order of offers. Different rows may be used by different threads.
 */
public final class ScoredHeaps {

    private static final long NOTHING = Long.MIN_VALUE;

    private final long[] heaps;
    private final int k;

    /**
     * @param rows how many
     * @param k kept of each, at least 1
     */
    public ScoredHeaps(int rows, int k) {
        this.k = k;
        this.heaps = new long[Math.multiplyExact(rows, k)];
        Arrays.fill(heaps, NOTHING);
    }

    /** An offer scored lower than this is not kept; {@code -∞} while there is room. */
    public float floor(int row) {
        long worst = heaps[row * k];
        return worst == NOTHING ? Float.NEGATIVE_INFINITY : score(worst);
    }

    /** Keeps it if it is among the k best. */
    public void offer(int row, float score, int id) {
        long key = key(score, id);
        int root = row * k;
        if (key <= heaps[root]) {
            return;
        }
        int at = 0;
        for (int child = 1; child < k; child = 2 * at + 1) {
            if (child + 1 < k && heaps[root + child + 1] < heaps[root + child]) {
                child++;
            }
            if (heaps[root + child] >= key) {
                break;
            }
            heaps[root + at] = heaps[root + child];
            at = child;
        }
        heaps[root + at] = key;
    }

    /** Forgets what was offered for a row. */
    public void clear(int row) {
        Arrays.fill(heaps, row * k, (row + 1) * k, NOTHING);
    }

    /**
     * Takes a row's best, best first. The row must not be offered any more until it is cleared.
     *
     * @param ids {@code [k]}, filled with -1 where fewer were offered
     * @param scores {@code [k]}
     * @return how many there are
     */
    public int take(int row, int[] ids, float[] scores) {
        Arrays.sort(heaps, row * k, (row + 1) * k);
        int found = 0;
        for (int r = 0; r < k; r++) {
            long key = heaps[(row + 1) * k - 1 - r];
            boolean there = key != NOTHING;
            ids[r] = there ? id(key) : -1;
            scores[r] = there ? score(key) : Float.NEGATIVE_INFINITY;
            found += there ? 1 : 0;
        }
        return found;
    }

    private static long key(float score, int id) {
        int bits = Float.floatToIntBits(score);
        // Negative floats order by their bits the wrong way round.
        int ordered = bits ^ (bits >> 31 & Integer.MAX_VALUE);
        return (long) ordered << 32 | ~id & 0xFFFF_FFFFL;
    }

    private static int id(long key) {
        return ~(int) key;
    }

    private static float score(long key) {
        int ordered = (int) (key >> 32);
        return Float.intBitsToFloat(ordered ^ (ordered >> 31 & Integer.MAX_VALUE));
    }
}
