package dev.mekiki.analysis.measure;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Panel;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.ScoredHeaps;
import dev.mekiki.analysis.space.Workers;
import java.util.Arrays;

/**
 * H(p): the mean share of the p nearest neighbours of a point, itself excluded, that are of its class. Source: arXiv
 * 2305.10229.
 */
public final class ClassHomogeneity {

    private static final int ROWS = 256;

    private ClassHomogeneity() {}

    /**
     * Measures around some of the points, against all of them. Needs 256 bytes a point and thread.
     *
     * @param points neighbours are the nearest by Euclidean distance, of equally near ones those with lower numbers
     * @param around numbers of the points to look around, at least one
     * @param neighbours values of p, each in 1..points − 1
     * @return H for each p, in [0, 1]
     */
    public static double[] of(Points points, Grouping classes, int[] around, int[] neighbours, Workers workers) {
        int most = Arrays.stream(neighbours).max().orElse(1);
        if (Arrays.stream(neighbours).anyMatch(p -> p < 1 || p >= points.count()) || around.length == 0) {
            throw new IllegalArgumentException("neighbours: " + Arrays.toString(neighbours) + " around " + around.length
                    + " points (expected: each in 1.." + (points.count() - 1) + ", around at least 1 point)");
        }
        double[] sums = new double[neighbours.length];
        int panels = (around.length + Panel.WIDTH - 1) / Panel.WIDTH;
        workers.run(panels, () -> {
            Panel panel = new Panel(points.dimension());
            float[] tile = new float[Panel.room(ROWS)];
            ScoredHeaps heaps = new ScoredHeaps(Panel.WIDTH, most);
            int[] ids = new int[most];
            float[] scores = new float[most];
            return task -> {
                int first = task * Panel.WIDTH;
                panel.fill(points, around, first, Math.min(around.length, first + Panel.WIDTH));
                offerAll(points, around, first, panel, tile, heaps);
                double[] own = new double[neighbours.length];
                for (int c = 0; c < panel.count(); c++) {
                    heaps.take(c, ids, scores);
                    heaps.clear(c);
                    int same = 0;
                    for (int rank = 0; rank < most; rank++) {
                        same += classes.of(ids[rank]) == classes.of(around[first + c]) ? 1 : 0;
                        for (int p = 0; p < neighbours.length; p++) {
                            own[p] += neighbours[p] == rank + 1 ? (double) same / neighbours[p] : 0;
                        }
                    }
                }
                synchronized (sums) {
                    for (int p = 0; p < own.length; p++) {
                        sums[p] += own[p];
                    }
                }
            };
        });
        return Arrays.stream(sums).map(s -> s / around.length).toArray();
    }

    private static void offerAll(Points points, int[] around, int first, Panel panel, float[] tile, ScoredHeaps heaps) {
        for (int from = 0; from < points.count(); from += ROWS) {
            int to = Math.min(points.count(), from + ROWS);
            panel.times(points, from, to, tile);
            for (int c = 0; c < panel.count(); c++) {
                float floor = heaps.floor(c);
                for (int i = from; i < to; i++) {
                    // −‖x−y‖²/2 up to what is the same for all x.
                    float score = tile[(i - from) * Panel.WIDTH + c] - points.halfSquare(i);
                    if (score >= floor && i != around[first + c]) {
                        heaps.offer(c, score, i);
                        floor = heaps.floor(c);
                    }
                }
            }
        }
    }
}
