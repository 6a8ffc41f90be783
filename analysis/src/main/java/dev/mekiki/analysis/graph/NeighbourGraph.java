package dev.mekiki.analysis.graph;

import java.util.Arrays;

/**
 * An undirected graph of points with positive weights, without loops: two points are joined if either is among the
 * other's nearest neighbours. Immutable, thread-safe.
 */
public final class NeighbourGraph {

    private final int[] firsts;
    private final int[] ends;
    private final double[] weights;

    private NeighbourGraph(int[] firsts, int[] ends, double[] weights) {
        this.firsts = firsts;
        this.ends = ends;
        this.weights = weights;
    }

    /**
     * A graph of given edges.
     *
     * @param points how many
     * @param edges pairs of points, each pair once in either order, no point with itself
     */
    public static NeighbourGraph of(int points, int[][] edges) {
        int[] degree = new int[points];
        for (int[] edge : edges) {
            if (edge[0] == edge[1]) {
                throw new IllegalArgumentException("edge: " + edge[0] + " to itself (expected: to another)");
            }
            degree[edge[0]]++;
            degree[edge[1]]++;
        }
        int[] firsts = firsts(degree);
        int[] ends = new int[2 * edges.length];
        int[] next = firsts.clone();
        for (int[] edge : edges) {
            ends[next[edge[0]]++] = edge[1];
            ends[next[edge[1]]++] = edge[0];
        }
        for (int i = 0; i < points; i++) {
            Arrays.sort(ends, firsts[i], firsts[i + 1]);
        }
        return new NeighbourGraph(firsts, ends, ones(ends.length));
    }

    /** Every edge with weight 1. Source: arXiv 2501.11919. */
    public static NeighbourGraph unweighted(Neighbours neighbours) {
        int n = neighbours.points();
        int[] degree = new int[n];
        for (int i = 0; i < n; i++) {
            for (int rank = 0; rank < neighbours.count(i); rank++) {
                degree[i]++;
                degree[neighbours.neighbour(i, rank)]++;
            }
        }
        int[] firsts = firsts(degree);
        int[] ends = new int[firsts[n]];
        int[] next = firsts.clone();
        for (int i = 0; i < n; i++) {
            for (int rank = 0; rank < neighbours.count(i); rank++) {
                int j = neighbours.neighbour(i, rank);
                ends[next[i]++] = j;
                ends[next[j]++] = i;
            }
        }
        // Who are each other's neighbours are there twice.
        int[] once = new int[ends.length];
        int[] onceFirsts = new int[n + 1];
        int kept = 0;
        for (int i = 0; i < n; i++) {
            Arrays.sort(ends, firsts[i], firsts[i + 1]);
            for (int e = firsts[i]; e < firsts[i + 1]; e++) {
                if (e == firsts[i] || ends[e] != ends[e - 1]) {
                    once[kept++] = ends[e];
                }
            }
            onceFirsts[i + 1] = kept;
        }
        return new NeighbourGraph(onceFirsts, Arrays.copyOf(once, kept), ones(kept));
    }

    private static int[] firsts(int[] degree) {
        int[] firsts = new int[degree.length + 1];
        for (int i = 0; i < degree.length; i++) {
            firsts[i + 1] = Math.addExact(firsts[i], degree[i]);
        }
        return firsts;
    }

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** A distance of two points. */
    @FunctionalInterface
    public interface Distance {
        double between(int point, int other);
    }

    /**
     * The same edges with the weights of relative local density: {@code w_ij = S_ij²/(r_i·r_j)},
     * {@code S_ij = exp(−d_ij/(d̄τ))}, where {@code r_i} is the sum of S over the edges of i. Against the complete graph of
     * the paper the distant points are missing from {@code r}, and the constant N², which changes neither modularity nor
     * a normalised adjacency.
     *
     * <p>Source: arXiv 2305.10229.
     *
     * @param mean d̄, the mean distance of all pairs, positive
     * @param scale τ, positive; the paper's classifier has .1 to .2
     */
    public NeighbourGraph weighted(Distance distance, double mean, double scale) {
        if (!(mean > 0 && scale > 0)) {
            throw new IllegalArgumentException("mean, scale: " + mean + ", " + scale + " (expected: positive)");
        }
        double[] similarity = new double[ends.length];
        double[] reach = new double[points()];
        for (int i = 0; i < points(); i++) {
            for (int e = firsts[i]; e < firsts[i + 1]; e++) {
                // Farther than this the weight would vanish and leave points without any edge.
                similarity[e] = Math.exp(-Math.min(300, distance.between(i, ends[e]) / (mean * scale)));
                reach[i] += similarity[e];
            }
        }
        double[] weighted = new double[ends.length];
        for (int i = 0; i < points(); i++) {
            for (int e = firsts[i]; e < firsts[i + 1]; e++) {
                weighted[e] = similarity[e] / reach[i] * (similarity[e] / reach[ends[e]]);
            }
        }
        return new NeighbourGraph(firsts, ends, weighted);
    }

    public int points() {
        return firsts.length - 1;
    }

    /** How many edges there are, each counted once. */
    public int edges() {
        return ends.length / 2;
    }

    /** How many edges a point has. */
    public int degree(int point) {
        return firsts[point + 1] - firsts[point];
    }

    /** @param edge from 0 to before {@link #degree} */
    public int end(int point, int edge) {
        return ends[firsts[point] + edge];
    }

    public double weight(int point, int edge) {
        return weights[firsts[point] + edge];
    }

    /** The sum of the weights of a point's edges. */
    public double strength(int point) {
        double sum = 0;
        for (int e = firsts[point]; e < firsts[point + 1]; e++) {
            sum += weights[e];
        }
        return sum;
    }

    /**
     * How much more of the weight lies within communities than if edges were drawn at random by the points' strengths:
     * {@code (1/2M) Σ_ij [w_ij − k_i k_j/2M]·1[same community]}. Source: Newman, Physical Review E 70, 2004.
     *
     * @param communities of each point, from 0
     * @return at most 1; NaN without edges
     */
    public double modularity(int[] communities) {
        double[] strengths = new double[Arrays.stream(communities).max().orElse(-1) + 1];
        double within = 0;
        double total = 0;
        for (int i = 0; i < points(); i++) {
            for (int e = firsts[i]; e < firsts[i + 1]; e++) {
                total += weights[e];
                within += communities[i] == communities[ends[e]] ? weights[e] : 0;
                strengths[communities[i]] += weights[e];
            }
        }
        double expected = 0;
        for (double s : strengths) {
            expected += s / total * (s / total);
        }
        return within / total - expected;
    }
}
