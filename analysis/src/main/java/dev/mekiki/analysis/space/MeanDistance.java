package dev.mekiki.analysis.space;

import java.util.SplittableRandom;

/** The mean Euclidean distance of two points. */
public final class MeanDistance {

    private static final int ALL_PAIRS = 1_000;
    private static final int DRAWN_PAIRS = 500_000;

    private MeanDistance() {}

    /**
     * Over all pairs of up to 1,000 points, over 500,000 drawn pairs of more.
     *
     * @param points at least 2
     */
    public static double of(Points points, long seed) {
        int n = points.count();
        double sum = 0;
        if (n <= ALL_PAIRS) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    sum += points.distance(i, j);
                }
            }
            return sum / (n * (n - 1.0) / 2);
        }
        SplittableRandom random = new SplittableRandom(seed);
        for (int pair = 0; pair < DRAWN_PAIRS; pair++) {
            int i = random.nextInt(n);
            int j = random.nextInt(n - 1);
            sum += points.distance(i, j < i ? j : j + 1);
        }
        return sum / DRAWN_PAIRS;
    }
}
