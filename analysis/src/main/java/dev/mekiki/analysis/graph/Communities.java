package dev.mekiki.analysis.graph;

import dev.mekiki.analysis.space.Grouping;
import java.util.Random;
import nl.cwts.networkanalysis.Clustering;
import nl.cwts.networkanalysis.IterativeCPMClusteringAlgorithm;
import nl.cwts.networkanalysis.LeidenAlgorithm;
import nl.cwts.networkanalysis.LouvainAlgorithm;
import nl.cwts.networkanalysis.Network;
import nl.cwts.util.LargeDoubleArray;
import nl.cwts.util.LargeIntArray;

/** Ways to find communities of high modularity. */
public enum Communities {
    /** Source: Blondel and others, Journal of Statistical Mechanics, P10008, 2008. */
    LOUVAIN {
        @Override
        IterativeCPMClusteringAlgorithm algorithm(double resolution, Random random) {
            return new LouvainAlgorithm(resolution, ITERATIONS, random);
        }
    },
    /** Its communities are connected. Source: Traag, Waltman and van Eck, Scientific Reports 9, 2019. */
    LEIDEN {
        @Override
        IterativeCPMClusteringAlgorithm algorithm(double resolution, Random random) {
            return new LeidenAlgorithm(resolution, ITERATIONS, LeidenAlgorithm.DEFAULT_RANDOMNESS, random);
        }
    };

    private static final int ITERATIONS = 10;

    abstract IterativeCPMClusteringAlgorithm algorithm(double resolution, Random random);

    /**
     * Finds communities.
     *
     * @param starts how often it begins anew, at least 1; the best by modularity counts
     * @param seed the same one finds the same communities
     * @return numbered from 0, the largest first
     */
    public Grouping of(NeighbourGraph graph, int starts, long seed) {
        if (graph.edges() == 0) {
            throw new IllegalArgumentException("edges: 0 (expected: at least 1)");
        }
        Network network = network(graph);
        Random random = new Random(seed);
        double resolution = 1 / (2 * network.getTotalEdgeWeight());
        int[] best = {};
        double modularity = Double.NEGATIVE_INFINITY;
        for (int start = 0; start < starts; start++) {
            Clustering clustering = algorithm(resolution, random).findClustering(network);
            clustering.orderClustersByNNodes();
            double reached = graph.modularity(clustering.getClusters());
            if (reached > modularity) {
                modularity = reached;
                best = clustering.getClusters();
            }
        }
        return Grouping.of(best);
    }

    private static Network network(NeighbourGraph graph) {
        int n = graph.points();
        long[] firsts = new long[n + 1];
        LargeIntArray ends = new LargeIntArray(2L * graph.edges());
        LargeDoubleArray weights = new LargeDoubleArray(2L * graph.edges());
        long at = 0;
        for (int i = 0; i < n; i++) {
            for (int e = 0; e < graph.degree(i); e++) {
                ends.set(at, graph.end(i, e));
                weights.set(at++, graph.weight(i, e));
            }
            firsts[i + 1] = at;
        }
        // Nodes weigh as much as their edges: that makes the constant Potts model one of modularity.
        return new Network(n, true, firsts, ends, weights, false);
    }
}
