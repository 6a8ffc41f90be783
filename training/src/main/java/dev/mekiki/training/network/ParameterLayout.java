package dev.mekiki.training.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each parameter of a network lies in one flat array of float32. One array instead of a hundred makes the
 * optimiser a handful of vector operations and a checkpoint a plain dump.
 *
 * <p>Parameters that weight decay applies to (kernels and matrices) come first, then the others (norms and biases).
 * Running statistics have an array of their own.
 */
public final class ParameterLayout {

    /** How a parameter starts. */
    public enum Start {
        /** Normal with variance 2 / fan-out (He), right for the rectifier-like activations. */
        HE_FAN_OUT,
        /** Uniform in ±1/sqrt(fan-in). */
        UNIFORM_FAN_IN,
        ONES,
        ZEROS,
        /** 1/4, the slope that PReLU starts with (Source: He et al., arXiv 1502.01852). */
        QUARTERS
    }

    /**
     * One parameter.
     *
     * @param offset index of its first value in the flat array
     * @param shape sizes, slowest axis first
     * @param start how it is initialised
     */
    public record Slot(String name, int offset, List<Integer> shape, Start start) {
        /** Number of values. */
        public int count() {
            return shape.stream().reduce(1, (a, b) -> a * b);
        }

        /** The shape for an engine. */
        public long[] sizes() {
            return shape.stream().mapToLong(Integer::longValue).toArray();
        }
    }

    private final Map<String, Slot> parameters = new LinkedHashMap<>();
    private final Map<String, Slot> statistics = new LinkedHashMap<>();
    private final int decayed;
    private final int parameterCount;
    private final int statisticCount;

    /** Lays out the parameters of {@code layers}. */
    public ParameterLayout(List<Layer> layers) {
        List<Slot> decaying = new ArrayList<>();
        List<Slot> plain = new ArrayList<>();
        List<Slot> running = new ArrayList<>();
        collect(layers, decaying, plain, running);
        decayed = place(decaying, 0, parameters);
        parameterCount = place(plain, decayed, parameters);
        statisticCount = place(running, 0, statistics);
    }

    private static void collect(List<Layer> layers, List<Slot> decaying, List<Slot> plain, List<Slot> running) {
        for (Layer layer : layers) {
            switch (layer) {
                case Layer.Convolution c ->
                    decaying.add(slot(
                            c.name() + ".weight",
                            Start.HE_FAN_OUT,
                            c.out(),
                            c.in() / c.groups(),
                            c.kernel(),
                            c.kernel()));
                case Layer.Linear l -> decaying.add(slot(l.name() + ".weight", Start.UNIFORM_FAN_IN, l.out(), l.in()));
                case Layer.SqueezeExcitation s -> {
                    decaying.add(
                            slot(s.name() + ".reduce.weight", Start.UNIFORM_FAN_IN, s.reduced(), s.channels(), 1, 1));
                    decaying.add(
                            slot(s.name() + ".expand.weight", Start.UNIFORM_FAN_IN, s.channels(), s.reduced(), 1, 1));
                    plain.add(slot(s.name() + ".reduce.bias", Start.ZEROS, s.reduced()));
                    plain.add(slot(s.name() + ".expand.bias", Start.ZEROS, s.channels()));
                }
                case Layer.BatchNorm b -> {
                    plain.add(slot(b.name() + ".weight", Start.ONES, b.channels()));
                    plain.add(slot(b.name() + ".bias", Start.ZEROS, b.channels()));
                    running.add(slot(b.name() + ".mean", Start.ZEROS, b.channels()));
                    running.add(slot(b.name() + ".variance", Start.ONES, b.channels()));
                }
                case Layer.LayerNorm n -> {
                    plain.add(slot(n.name() + ".weight", Start.ONES, n.width()));
                    plain.add(slot(n.name() + ".bias", Start.ZEROS, n.width()));
                }
                case Layer.PRelu p -> plain.add(slot(p.name() + ".weight", Start.QUARTERS, p.channels()));
                case Layer.Residual r -> {
                    collect(r.body(), decaying, plain, running);
                    collect(r.shortcut(), decaying, plain, running);
                }
                case Layer.Rectification r -> {
                    collect(r.localiser(), decaying, plain, running);
                    decaying.add(slot(r.name() + ".weight", Start.ZEROS, Quadrilateral.CORNERS, r.channels(), 1, 1));
                }
                case Layer.PixelShuffle ignored -> {}
                case Layer.Hardswish ignored -> {}
                case Layer.GlobalAverage ignored -> {}
                case Layer.Flatten ignored -> {}
            }
        }
    }

    private static Slot slot(String name, Start start, Integer... shape) {
        return new Slot(name, 0, List.of(shape), start);
    }

    private static int place(List<Slot> slots, int from, Map<String, Slot> into) {
        int offset = from;
        for (Slot s : slots) {
            if (into.put(s.name(), new Slot(s.name(), offset, s.shape(), s.start())) != null) {
                throw new IllegalArgumentException("parameter " + s.name() + ": twice (expected: unique layer names)");
            }
            offset += s.count();
        }
        return offset;
    }

    /** Trainable parameters in the order of the flat array. */
    public List<Slot> parameters() {
        return List.copyOf(parameters.values());
    }

    /** Running means and variances in the order of their flat array. */
    public List<Slot> statistics() {
        return List.copyOf(statistics.values());
    }

    /** Length of the flat array of parameters. */
    public int parameterCount() {
        return parameterCount;
    }

    /** How many values at the front of the flat array weight decay applies to. */
    public int decayedCount() {
        return decayed;
    }

    /** Length of the flat array of running statistics. */
    public int statisticCount() {
        return statisticCount;
    }

    /** Whether a parameter is the localiser's. */
    public static boolean locates(Slot parameter) {
        return parameter.name().startsWith(Localiser.PREFIX);
    }

    /** The slot of a parameter or running statistic. */
    public Slot slot(String name) {
        Slot slot = parameters.get(name);
        if (slot == null) {
            slot = statistics.get(name);
        }
        if (slot == null) {
            throw new IllegalArgumentException("parameter " + name + ": unknown (expected: one of this network)");
        }
        return slot;
    }
}
