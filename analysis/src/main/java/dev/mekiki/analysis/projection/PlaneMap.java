package dev.mekiki.analysis.projection;

import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;
import java.util.concurrent.CancellationException;
import tagbio.umap.Umap;

/**
 * Points in the plane, so that near ones stay near; how far apart distant ones are means little.
 *
 * <p>Source: McInnes, Healy and Melville, UMAP, arXiv 1802.03426.
 *
 * @param x from left to right
 * @param y from below
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record PlaneMap(float[] x, float[] y) {

    private static final int NEIGHBOURS = 15;

    /**
     * Draws a map. Ten thousand points of 256 dimensions take some ten seconds of a processor; cancelling is heeded only
     * before it begins.
     *
     * @param points unit vectors, at least 20
     * @param seed the same one draws the same map
     */
    public static PlaneMap of(Points points, Workers workers, long seed) {
        if (points.count() < NEIGHBOURS + 5) {
            throw new IllegalArgumentException(
                    "points: " + points.count() + " (expected: at least " + (NEIGHBOURS + 5) + ")");
        }
        workers.endIfCancelled();
        float[][] rows = new float[points.count()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = points.row(i);
        }
        // Of unit vectors the Euclidean metric orders as the cosine does; the library's own cosine fails. One thread,
        // because with more the map is another each time.
        float[][] plane = new Umap()
                .setNumberComponents(2)
                .setNumberNearestNeighbours(NEIGHBOURS)
                .setMetric("euclidean")
                .setThreads(1)
                .setSeed(seed)
                .fitTransform(rows);
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the analysis was interrupted");
        }
        float[] x = new float[plane.length];
        float[] y = new float[plane.length];
        for (int i = 0; i < plane.length; i++) {
            x[i] = plane[i][0];
            y[i] = plane[i][1];
        }
        return new PlaneMap(x, y);
    }
}
