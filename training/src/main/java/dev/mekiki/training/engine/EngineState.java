package dev.mekiki.training.engine;

import java.util.List;

/**
 * Everything that a training engine must be given back to go on as if it had never stopped. Arrays are owned by the
 * state, which is never changed after it was taken.
 *
 * @param step optimiser steps done
 * @param weights flat parameters, the projection to a teacher if there is one, then the weights of all classes
 * @param firstMoment AdamW's running mean of gradients, as long as {@code weights}
 * @param secondMoment AdamW's running mean of squared gradients, as long as {@code weights}
 * @param average exponential moving average of the flat parameters, the network alone
 * @param averageStatistics moving average of the running statistics
 * @param statistics running statistics of each replica
 * @param centres what is remembered of the classes' centres; empty if nothing is
 */
public record EngineState(
        long step,
        float[] weights,
        float[] firstMoment,
        float[] secondMoment,
        float[] average,
        float[] averageStatistics,
        List<float[]> statistics,
        List<float[]> centres) {}
