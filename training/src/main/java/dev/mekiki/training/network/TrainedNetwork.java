package dev.mekiki.training.network;

import java.util.Arrays;
import java.util.List;

/**
 * A network with the values of its parameters, free of any engine.
 *
 * @param layers from image to embedding
 * @param layout where each parameter lies
 * @param parameters flat, in the layout's order; not copied, not to be changed
 * @param statistics running means and variances, likewise
 */
public record TrainedNetwork(List<Layer> layers, ParameterLayout layout, float[] parameters, float[] statistics) {
    public TrainedNetwork {
        if (parameters.length != layout.parameterCount() || statistics.length != layout.statisticCount()) {
            throw new IllegalArgumentException("network: " + parameters.length + " parameters, " + statistics.length
                    + " statistics (expected: " + layout.parameterCount() + ", " + layout.statisticCount() + ")");
        }
        layers = List.copyOf(layers);
    }

    /** A network of {@code layers} with the given values. */
    public static TrainedNetwork of(List<Layer> layers, float[] parameters, float[] statistics) {
        return new TrainedNetwork(layers, new ParameterLayout(layers), parameters, statistics);
    }

    /** A copy of the values of a parameter. */
    public float[] parameter(String name) {
        ParameterLayout.Slot slot = layout.slot(name);
        return Arrays.copyOfRange(parameters, slot.offset(), slot.offset() + slot.count());
    }

    /** A copy of the values of a running statistic. */
    public float[] statistic(String name) {
        ParameterLayout.Slot slot = layout.slot(name);
        return Arrays.copyOfRange(statistics, slot.offset(), slot.offset() + slot.count());
    }
}
