package dev.mekiki.analysis.graph;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Panel;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.ScoredHeaps;
import dev.mekiki.analysis.space.Workers;
import java.util.Arrays;

/**
 * Compares every point with every other, a block of points with a block at a time, each pair once. Of equally near ones
 * the lower number is the nearer. The result does not depend on the number of threads. Thread-safe.
 */
public final class ExactNearestNeighbours implements NearestNeighbours {

    private static final int BLOCK = 4 * Panel.WIDTH;

    @Override
    public Neighbours find(Points points, Grouping groups, int k, Workers workers, Progress done) {
        int n = points.count();
        if (k < 1 || k >= n || groups.points() != n) {
            throw new IllegalArgumentException("k: " + k + " of " + n + " points, " + groups.points()
                    + " with a group (expected: 1.." + (n - 1) + ", each point with a group)");
        }
        Search search = new Search(points, groups, k);
        int blocks = search.locks.length;
        double pairs = blocks * (blocks + 1.0) / 2;
        double[] finished = new double[1];
        workers.run(
                blocks,
                () -> {
                    Panel panel = new Panel(points.dimension());
                    float[] tile = new float[Panel.room(BLOCK)];
                    return task -> {
                        // The longest first, so that no thread waits long for another at the end.
                        int columns = blocks - 1 - task;
                        search.compareWithAllBefore(columns, panel, tile, workers);
                        synchronized (finished) {
                            finished[0] += (columns + 1) / pairs;
                            done.done(Math.min(1, finished[0]));
                        }
                    };
                },
                _ -> {});
        return search.found();
    }

    private static final class Search {
        private final Points points;
        private final Grouping groups;
        private final int k;
        private final ScoredHeaps nearest;
        private final int[] rivals;
        private final float[] rivalCosines;

        /** One for each block of points, for what is known of them so far. */
        private final Object[] locks;

        Search(Points points, Grouping groups, int k) {
            int n = points.count();
            this.points = points;
            this.groups = groups;
            this.k = k;
            this.nearest = new ScoredHeaps(n, k);
            this.rivals = new int[n];
            this.rivalCosines = new float[n];
            Arrays.fill(rivals, -1);
            Arrays.fill(rivalCosines, Float.NEGATIVE_INFINITY);
            this.locks = new Object[(n + BLOCK - 1) / BLOCK];
            Arrays.setAll(locks, _ -> new Object());
        }

        void compareWithAllBefore(int columns, Panel panel, float[] tile, Workers workers) {
            int end = Math.min(points.count(), (columns + 1) * BLOCK);
            for (int first = columns * BLOCK; first < end; first += Panel.WIDTH) {
                panel.fill(points, first, Math.min(end, first + Panel.WIDTH));
                for (int rows = 0; rows <= columns; rows++) {
                    int from = rows * BLOCK;
                    int to = Math.min(points.count(), from + BLOCK);
                    panel.times(points, from, to, tile);
                    synchronized (locks[rows]) {
                        offerColumnsToRows(from, to, first, panel.count(), tile);
                    }
                    if (rows < columns) {
                        synchronized (locks[columns]) {
                            offerRowsToColumns(from, to, first, panel.count(), tile);
                        }
                    }
                }
                workers.endIfCancelled();
            }
        }

        private void offerColumnsToRows(int from, int to, int first, int count, float[] tile) {
            for (int i = from; i < to; i++) {
                float floor = floor(i);
                int at = (i - from) * Panel.WIDTH;
                for (int c = 0; c < count; c++) {
                    if (tile[at + c] >= floor && i != first + c) {
                        offer(i, first + c, tile[at + c]);
                        floor = floor(i);
                    }
                }
            }
        }

        private void offerRowsToColumns(int from, int to, int first, int count, float[] tile) {
            float[] floors = new float[count];
            for (int c = 0; c < count; c++) {
                floors[c] = floor(first + c);
            }
            for (int i = from; i < to; i++) {
                int at = (i - from) * Panel.WIDTH;
                for (int c = 0; c < count; c++) {
                    if (tile[at + c] >= floors[c]) {
                        offer(first + c, i, tile[at + c]);
                        floors[c] = floor(first + c);
                    }
                }
            }
        }

        /** Below this a cosine changes nothing. */
        private float floor(int point) {
            return groups.size(groups.of(point)) == groups.points()
                    ? nearest.floor(point)
                    : Math.min(nearest.floor(point), rivalCosines[point]);
        }

        private void offer(int point, int other, float cosine) {
            nearest.offer(point, cosine, other);
            if ((cosine > rivalCosines[point] || cosine == rivalCosines[point] && other < rivals[point])
                    && groups.of(point) != groups.of(other)) {
                rivalCosines[point] = cosine;
                rivals[point] = other;
            }
        }

        Neighbours found() {
            int n = points.count();
            int[] ids = new int[n * k];
            float[] cosines = new float[n * k];
            int[] ownIds = new int[k];
            float[] ownCosines = new float[k];
            for (int i = 0; i < n; i++) {
                nearest.take(i, ownIds, ownCosines);
                System.arraycopy(ownIds, 0, ids, i * k, k);
                System.arraycopy(ownCosines, 0, cosines, i * k, k);
            }
            return new Neighbours(k, ids, cosines, rivals, rivalCosines);
        }
    }
}
