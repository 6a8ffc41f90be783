package dev.mekiki.training.network;

import java.util.Arrays;
import java.util.List;

/**
 * A network with the values of its parameters, free of any engine.
 *
 * @param settings which network it is
 * @param layout where each parameter lies
 * @param parameters flat, in the layout's order; not copied, not to be changed
 * @param statistics running means and variances, likewise
 */
public record TrainedNetwork(NetworkSettings settings, ParameterLayout layout, float[] parameters, float[] statistics) {
    public TrainedNetwork {
        if (parameters.length != layout.parameterCount() || statistics.length != layout.statisticCount()) {
            throw new IllegalArgumentException("network: " + parameters.length + " parameters, " + statistics.length
                    + " statistics (expected: " + layout.parameterCount() + ", " + layout.statisticCount() + ")");
        }
    }

    /** A network with the given values. */
    public static TrainedNetwork of(NetworkSettings settings, float[] parameters, float[] statistics) {
        return new TrainedNetwork(settings, new ParameterLayout(settings.layers()), parameters, statistics);
    }

    /** From image to embedding, in order. */
    public List<Layer> layers() {
        return settings.layers();
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
