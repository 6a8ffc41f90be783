package dev.mekiki.analysis.graph;

/** Each point's nearest neighbours, nearest first, and its rival: the nearest of another group. Immutable. */
public final class Neighbours {

    private final int points;
    private final int k;
    private final int[] ids;
    private final float[] cosines;
    private final int[] rivals;
    private final float[] rivalCosines;

    /**
     * Takes the arrays over.
     *
     * @param k most neighbours of a point
     * @param ids {@code [points × k]}, -1 where a point has fewer
     * @param cosines {@code [points × k]}, descending for each point
     * @param rivals {@code [points]}, -1 where all are of one group
     * @param rivalCosines {@code [points]}
     */
    public Neighbours(int k, int[] ids, float[] cosines, int[] rivals, float[] rivalCosines) {
        this.points = rivals.length;
        if (ids.length != (long) points * k || cosines.length != ids.length || rivalCosines.length != points) {
            throw new IllegalArgumentException("neighbours: " + ids.length + ", cosines: " + cosines.length
                    + ", rivals: " + rivals.length + ", their cosines: " + rivalCosines.length + " (expected: " + k
                    + " neighbours and one rival a point)");
        }
        this.k = k;
        this.ids = ids;
        this.cosines = cosines;
        this.rivals = rivals;
        this.rivalCosines = rivalCosines;
    }

    public int points() {
        return points;
    }

    /** How many neighbours a point has. */
    public int count(int point) {
        int count = k;
        while (count > 0 && ids[point * k + count - 1] < 0) {
            count--;
        }
        return count;
    }

    /** @param rank from 0, the nearest, to before {@link #count} */
    public int neighbour(int point, int rank) {
        return ids[point * k + rank];
    }

    public float cosine(int point, int rank) {
        return cosines[point * k + rank];
    }

    /** The Euclidean distance to a neighbour. */
    public double distance(int point, int rank) {
        return distance(cosine(point, rank));
    }

    /** The Euclidean distance of unit vectors. */
    public static double distance(double cosine) {
        return Math.sqrt(Math.max(0, 2 - 2 * cosine));
    }

    /** The nearest point of another group, or -1. */
    public int rival(int point) {
        return rivals[point];
    }

    /** Cosine to the rival; {@code -∞} without one. */
    public float rivalCosine(int point) {
        return rivalCosines[point];
    }

    /** The mean cosine to its neighbours, in [-1, 1]: how dense it is about a point. */
    public double density(int point) {
        int count = count(point);
        double sum = 0;
        for (int rank = 0; rank < count; rank++) {
            sum += cosine(point, rank);
        }
        return sum / count;
    }
}
