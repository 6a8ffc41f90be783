package dev.mekiki.analysis.graph;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;

/** Finds each point's nearest ones among all. */
public interface NearestNeighbours {

    /**
     * The nearest by cosine, the point itself excluded, and the nearest of another group.
     *
     * @param points unit vectors
     * @param groups of the points
     * @param k how many neighbours, 1..points − 1
     * @param done hears of progress
     * @throws java.util.concurrent.CancellationException if the workers were cancelled
     */
    Neighbours find(Points points, Grouping groups, int k, Workers workers, Progress done);

    /** Hears how far a search is. */
    interface Progress {

        /** @param share of the work that is done, in [0, 1] */
        void done(double share);
    }
}
