package dev.mekiki.analysis.graph;

import dev.mekiki.analysis.space.Panel;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.ScoredHeaps;

/**
 * An index of a few points that stand for many: finds the nearest of them, by comparing with all. Immutable,
 * thread-safe.
 */
public final class Representatives {

    private static final int ROWS = 256;

    private final Points points;
    private final int[] numbers;

    /**
     * @param all unit vectors
     * @param chosen which of them, at least one
     */
    public Representatives(Points all, int[] chosen) {
        if (chosen.length == 0) {
            throw new IllegalArgumentException("chosen: none (expected: at least 1)");
        }
        this.points = all.only(chosen);
        this.numbers = chosen.clone();
    }

    public int count() {
        return numbers.length;
    }

    /**
     * The nearest representative of each query by cosine, as its number among all points.
     *
     * @param queries unit vectors
     */
    public int[] nearest(Points queries) {
        int[] nearest = new int[queries.count()];
        Panel panel = new Panel(points.dimension());
        ScoredHeaps best = new ScoredHeaps(Panel.WIDTH, 1);
        float[] tile = new float[Panel.room(ROWS)];
        int[] id = new int[1];
        float[] cosine = new float[1];
        for (int first = 0; first < queries.count(); first += Panel.WIDTH) {
            panel.fill(queries, first, Math.min(queries.count(), first + Panel.WIDTH));
            for (int from = 0; from < points.count(); from += ROWS) {
                int to = Math.min(points.count(), from + ROWS);
                panel.times(points, from, to, tile);
                for (int i = from; i < to; i++) {
                    for (int c = 0; c < panel.count(); c++) {
                        best.offer(c, tile[(i - from) * Panel.WIDTH + c], i);
                    }
                }
            }
            for (int c = 0; c < panel.count(); c++) {
                best.take(c, id, cosine);
                best.clear(c);
                nearest[first + c] = numbers[id[0]];
            }
        }
        return nearest;
    }
}
