package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.training.network.Layer;
import dev.mekiki.training.network.NetworkSettings;
import dev.mekiki.training.network.Quadrilateral;
import dev.mekiki.training.network.StartingWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the weights of a model that this trainer exported, for a network that is to learn on from there. */
public final class ModelStart {

    private final Map<String, OnnxMl.TensorProto> tensors = new HashMap<>();
    private final Map<String, float[]> parameters = new HashMap<>();
    private final Map<String, float[]> statistics = new HashMap<>();
    private final Set<String> settledNorms = new HashSet<>();

    /** Of the map that the next layer sees. */
    private int channels;

    private ModelStart(OnnxMl.GraphProto graph) {
        graph.getInitializerList().forEach(tensor -> tensors.put(tensor.getName(), tensor));
    }

    /**
     * Takes what has the same name and shape in both. Of a linear layer over a map of another size the weights are
     * resampled. What is not in the model is left to chance.
     *
     * @param onnx in float32
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it is no ONNX file, or has nothing in common with the network
     */
    public static StartingWeights read(Path onnx, NetworkSettings network) throws IOException {
        byte[] bytes = Files.readAllBytes(onnx);
        ModelStart start;
        try {
            start = new ModelStart(OnnxMl.ModelProto.parseFrom(bytes).getGraph());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("start " + onnx + ": not an ONNX file (expected: one)", e);
        }
        start.take(network.layers());
        if (start.parameters.isEmpty()) {
            throw new IllegalArgumentException("start " + onnx + ": no layer in common with " + network
                    + " (expected: a model that was trained here, of the same backbone, in float32)");
        }
        return new StartingWeights(
                start.parameters,
                start.statistics,
                start.settledNorms,
                ContentDigest.of(bytes).hex());
    }

    private void take(List<Layer> layers) {
        for (int i = 0; i < layers.size(); i++) {
            Layer.@Nullable BatchNorm norm = OnnxGraph.folded(layers, i);
            switch (layers.get(i)) {
                case Layer.Convolution c -> {
                    channels = c.out();
                    if (takeWeight(c.name(), c.out(), c.in() / c.groups(), c.kernel(), c.kernel())) {
                        settle(norm, c.name());
                    }
                }
                case Layer.Linear l -> {
                    if (takeWeight(l.name(), l.out(), l.in()) || takeResampled(l)) {
                        settle(norm, l.name());
                    }
                }
                case Layer.LayerNorm n -> {
                    if (takeWeight(n.name(), n.width())) {
                        take(n.name() + ".bias", parameters, n.width());
                        settle(norm, "");
                    }
                }
                case Layer.BatchNorm b -> {
                    if (takeWeight(b.name(), b.channels())) {
                        take(b.name() + ".bias", parameters, b.channels());
                        take(b.name() + ".mean", statistics, b.channels());
                        take(b.name() + ".variance", statistics, b.channels());
                    }
                }
                case Layer.SqueezeExcitation s -> {
                    takeWeight(s.name() + ".reduce", s.reduced(), s.channels(), 1, 1);
                    take(s.name() + ".reduce.bias", parameters, s.reduced());
                    takeWeight(s.name() + ".expand", s.channels(), s.reduced(), 1, 1);
                    take(s.name() + ".expand.bias", parameters, s.channels());
                }
                case Layer.PRelu p -> takeWeight(p.name(), p.channels(), 1, 1);
                case Layer.Residual r -> {
                    take(r.body());
                    take(r.shortcut());
                }
                case Layer.Rectification r -> {
                    take(r.localiser());
                    takeWeight(r.name(), Quadrilateral.CORNERS, r.channels(), 1, 1);
                }
                case Layer.Hardswish ignored -> {}
                case Layer.PixelShuffle ignored -> {}
                case Layer.GlobalAverage ignored -> {}
                case Layer.Flatten ignored -> {}
            }
        }
    }

    private boolean takeWeight(String layer, long... shape) {
        return take(layer + ".weight", parameters, shape);
    }

    private boolean take(String name, Map<String, float[]> into, long... shape) {
        OnnxMl.TensorProto tensor = tensors.get(name);
        if (tensor == null || !Arrays.equals(dims(tensor), shape)) {
            return false;
        }
        into.put(name, OnnxTensors.values(tensor));
        return true;
    }

    private static long[] dims(OnnxMl.TensorProto tensor) {
        return tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    }

    /** A norm that was folded away: γ = √(1 + ε) undoes the running variance of 1, β is the layer's bias. */
    private void settle(Layer.@Nullable BatchNorm norm, String layer) {
        if (norm == null) {
            return;
        }
        float[] scale = new float[norm.channels()];
        Arrays.fill(scale, (float) Math.sqrt(1 + Layer.EPSILON));
        OnnxMl.TensorProto bias = tensors.get(layer + ".bias");
        parameters.put(norm.name() + ".weight", scale);
        parameters.put(norm.name() + ".bias", bias == null ? new float[norm.channels()] : OnnxTensors.values(bias));
        settledNorms.add(norm.name());
    }

    /** The map that the layer was trained on is taken for an enlarged or reduced one of that which it will see. */
    private boolean takeResampled(Layer.Linear l) {
        String name = l.name() + ".weight";
        OnnxMl.TensorProto tensor = tensors.get(name);
        if (tensor == null || tensor.getDimsCount() != 2 || tensor.getDims(0) != l.out()) {
            return false;
        }
        int before = side((int) tensor.getDims(1));
        int side = side(l.in());
        if (before == 0 || side == 0) {
            return false;
        }
        float[] old = OnnxTensors.values(tensor);
        float[][] share = shares(before, side);
        float[] values = new float[l.out() * l.in()];
        for (int plane = 0; plane < l.out() * channels; plane++) {
            for (int p = 0; p < before; p++) {
                for (int q = 0; q < before; q++) {
                    float w = old[(plane * before + p) * before + q];
                    for (int i = 0; i < side; i++) {
                        for (int j = 0; j < side; j++) {
                            values[(plane * side + i) * side + j] += share[p][i] * share[q][j] * w;
                        }
                    }
                }
            }
        }
        parameters.put(name, values);
        return true;
    }

    /** Rows and columns of the flattened map; 0 if it is not one. */
    private int side(int width) {
        int side = channels == 0 ? 0 : (int) Math.round(Math.sqrt((double) width / channels));
        return side * side * channels == width ? side : 0;
    }

    /** Linear interpolation between the centres of {@code side} cells at those of {@code before} cells. */
    private static float[][] shares(int before, int side) {
        float[][] shares = new float[before][side];
        for (int p = 0; p < before; p++) {
            double at = Math.max(0, Math.min(side - 1.0, (p + 0.5) * side / before - 0.5));
            int low = Math.min((int) at, Math.max(0, side - 2));
            double above = at - low;
            shares[p][low] += (float) (1 - above);
            if (low + 1 < side) {
                shares[p][low + 1] += (float) above;
            }
        }
        return shares;
    }
}
