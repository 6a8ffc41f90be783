package dev.mekiki.training;

import dev.mekiki.training.network.TrainedNetwork;

/**
 * The best open-set figure so far and the network that had it.
 *
 * @param best figure, in [0, 1]; −1 before the first measurement
 * @param bestStep optimiser steps done then
 * @param misses measurements since then
 * @param parameters of the averaged network then; empty before the first measurement
 * @param statistics its running means and variances
 */
record OpenSetProgress(double best, long bestStep, int misses, float[] parameters, float[] statistics) {

    static final OpenSetProgress NONE = new OpenSetProgress(-1, 0, 0, new float[0], new float[0]);

    boolean isMeasured() {
        return best >= 0;
    }

    /** After another measurement. */
    OpenSetProgress after(double figure, double leastGain, long step, TrainedNetwork network) {
        return figure > best + (isMeasured() ? leastGain : 0)
                ? new OpenSetProgress(figure, step, 0, network.parameters(), network.statistics())
                : new OpenSetProgress(best, bestStep, misses + 1, parameters, statistics);
    }
}
