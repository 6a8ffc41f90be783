package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A model whose convolutions and linear layers compute in eight bits, in the form that runtimes know as QDQ: what goes
 * into such a layer and what comes out of it is quantised and dequantised again, and a runtime that can puts the three
 * together into one. Everything else stays in float32, and so does all that says where a model samples its image.
 *
 * <p>Activations: 0..255 with a zero point, one scale a tensor. Weights: −127..127, one scale for each output channel.
 * Biases: 32 bits, scale of the activation times scale of the weight.
 *
 * <p>Source: Jacob et al., CVPR 2018 (arXiv 1712.05877); weights by channel as in Krishnamoorthi (arXiv 1806.08342).
 */
final class Int8Graph {
    private static final Set<String> QUANTISED = Set.of("Conv", "Gemm");

    private final Map<String, TensorProto> constants = new HashMap<>();
    private final Function<String, ActivationRange> ranges;
    private final GraphProto.Builder graph;
    private final Set<String> written = new HashSet<>();
    private final Map<String, String> dequantised = new HashMap<>();

    private Int8Graph(GraphProto source, Function<String, ActivationRange> ranges) {
        this.ranges = ranges;
        this.graph = source.toBuilder().clearNode().clearInitializer();
        source.getInitializerList().forEach(t -> constants.put(t.getName(), t));
    }

    /** Names of the tensors whose ranges must be known. */
    static Set<String> activations(ModelProto model) {
        Set<String> names = new LinkedHashSet<>();
        Predicate<NodeProto> quantised = quantised(model);
        for (NodeProto node : model.getGraph().getNodeList()) {
            if (quantised.test(node)) {
                names.add(node.getInput(0));
                names.add(node.getOutput(0));
            }
        }
        return names;
    }

    /**
     * Which values of the {@link #activations} make a difference to those that read them; beyond them one value is as
     * good as another. Tensors of which all values matter are left out.
     */
    static Map<String, Heeded> heeded(ModelProto model) {
        Map<String, Heeded> heeded = new HashMap<>();
        Set<String> outputs = new HashSet<>();
        model.getGraph().getOutputList().forEach(v -> outputs.add(v.getName()));
        for (NodeProto reader : model.getGraph().getNodeList()) {
            for (String tensor : reader.getInputList()) {
                heeded.merge(tensor, outputs.contains(tensor) ? Heeded.ALL : Heeded.by(reader), Heeded::or);
            }
        }
        heeded.values().removeIf(Heeded.ALL::equals);
        heeded.keySet().retainAll(activations(model));
        return heeded;
    }

    /** From where to where values matter. */
    record Heeded(float low, float high) {
        static final Heeded ALL = new Heeded(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);

        private static Heeded by(NodeProto reader) {
            return switch (reader.getOpType()) {
                case "Relu" -> new Heeded(0, Float.POSITIVE_INFINITY);
                case "HardSwish" -> new Heeded(-3, Float.POSITIVE_INFINITY);
                case "HardSigmoid" -> {
                    float slope = attribute(reader, "alpha", .2f);
                    float middle = attribute(reader, "beta", .5f);
                    yield new Heeded(-middle / slope, (1 - middle) / slope);
                }
                default -> ALL;
            };
        }

        private static float attribute(NodeProto node, String name, float otherwise) {
            return node.getAttributeList().stream()
                    .filter(a -> a.getName().equals(name))
                    .map(AttributeProto::getF)
                    .findFirst()
                    .orElse(otherwise);
        }

        private Heeded or(Heeded other) {
            return new Heeded(Math.min(low, other.low), Math.max(high, other.high));
        }

        float[] of(float[] values) {
            float[] heeded = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                heeded[i] = Math.clamp(values[i], low, high);
            }
            return heeded;
        }
    }

    /** Which nodes compute in eight bits. */
    private static Predicate<NodeProto> quantised(ModelProto model) {
        Set<String> places = SamplingPlaces.of(model.getGraph().getNodeList(), _ -> false);
        return node -> QUANTISED.contains(node.getOpType()) && !SamplingPlaces.isOf(node, places);
    }

    /** The model with tensors inside as further outputs, but for those that are its input. */
    static ModelProto showing(ModelProto model, Set<String> tensors) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        Set<String> there = new HashSet<>();
        model.getGraph().getInputList().forEach(v -> there.add(v.getName()));
        model.getGraph().getOutputList().forEach(v -> there.add(v.getName()));
        for (String tensor : tensors) {
            if (!there.contains(tensor)) {
                graph.addOutput(ValueInfoProto.newBuilder().setName(tensor));
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }

    /**
     * The model in eight bits.
     *
     * @param ranges of the {@link #activations}
     */
    static ModelProto of(ModelProto model, Function<String, ActivationRange> ranges) {
        Int8Graph writer = new Int8Graph(model.getGraph(), ranges);
        Predicate<NodeProto> quantised = quantised(model);
        for (NodeProto node : model.getGraph().getNodeList()) {
            if (quantised.test(node)) {
                writer.quantise(node);
            } else {
                writer.graph.addNode(node);
            }
        }
        Set<String> used = new HashSet<>();
        writer.graph.getNodeList().forEach(n -> used.addAll(n.getInputList()));
        for (TensorProto constant : model.getGraph().getInitializerList()) {
            if (used.contains(constant.getName())) {
                writer.graph.addInitializer(constant);
            }
        }
        return model.toBuilder().setGraph(writer.graph).build();
    }

    private void quantise(NodeProto node) {
        String name = node.getOutput(0);
        TensorProto weight = constant(node, 1);
        ActivationRange in = ranges.apply(node.getInput(0));
        float[] scales = scales(weight, node);
        NodeProto.Builder layer = node.toBuilder()
                .setInput(0, dequantised.computeIfAbsent(node.getInput(0), this::throughEightBits))
                .setInput(1, weight(weight, scales))
                .setOutput(0, name + ".float");
        if (node.getInputCount() > 2) {
            layer.setInput(2, bias(constant(node, 2), in, scales));
        }
        graph.addNode(layer);
        // Under its own name the output is what eight bits leave of it, so whoever reads it needs no change.
        quantiseTo(name + ".float", name, name);
        dequantised.put(name, name);
    }

    private TensorProto constant(NodeProto node, int input) {
        TensorProto constant = constants.get(node.getInput(input));
        if (constant == null) {
            throw new IllegalArgumentException(
                    node.getName() + ": input " + node.getInput(input) + " is computed (expected: a constant)");
        }
        return constant;
    }

    /** Returns the name of what eight bits leave of a tensor. */
    private String throughEightBits(String tensor) {
        return quantiseTo(tensor, tensor + ".int8", tensor);
    }

    private String quantiseTo(String tensor, String result, String ranged) {
        ActivationRange range = ranges.apply(ranged);
        String scale = result + ".scale";
        String zero = result + ".zero";
        graph.addInitializer(OnnxTensors.floats(scale, new float[] {range.scale()}));
        graph.addInitializer(OnnxTensors.bytes(zero, TensorProto.DataType.UINT8, new byte[] {(byte) range.zero()}));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("QuantizeLinear")
                .setName(result + ".quantize")
                .addAllInput(List.of(tensor, scale, zero))
                .addOutput(result + ".codes"));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("DequantizeLinear")
                .setName(result + ".dequantize")
                .addAllInput(List.of(result + ".codes", scale, zero))
                .addOutput(result));
        return result;
    }

    /** One for each output channel: the largest weight becomes ±127. */
    private static float[] scales(TensorProto weight, NodeProto node) {
        boolean transposed =
                node.getAttributeList().stream().anyMatch(a -> a.getName().equals("transB") && a.getI() == 1);
        if (node.getOpType().equals("Gemm") && !transposed) {
            throw new IllegalArgumentException(
                    node.getName() + ": transB 0 (expected: 1, weights of an output channel in a row)");
        }
        float[] values = OnnxTensors.values(weight);
        int channels = Math.toIntExact(weight.getDims(0));
        int perChannel = values.length / channels;
        float[] scales = new float[channels];
        for (int i = 0; i < values.length; i++) {
            scales[i / perChannel] = Math.max(scales[i / perChannel], Math.abs(values[i]) / 127);
        }
        for (int c = 0; c < channels; c++) {
            scales[c] = scales[c] > 0 ? scales[c] : 1;
        }
        return scales;
    }

    private String weight(TensorProto weight, float[] scales) {
        float[] values = OnnxTensors.values(weight);
        int perChannel = values.length / scales.length;
        byte[] codes = new byte[values.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) Math.clamp(Math.round(values[i] / scales[i / perChannel]), -127, 127);
        }
        long[] shape = weight.getDimsList().stream().mapToLong(d -> d).toArray();
        String name = weight.getName() + ".int8";
        if (written.add(name)) {
            graph.addInitializer(OnnxTensors.bytes(name + ".codes", TensorProto.DataType.INT8, codes, shape));
            graph.addInitializer(OnnxTensors.bytes(
                    name + ".zero", TensorProto.DataType.INT8, new byte[scales.length], scales.length));
            dequantise(name, scales);
        }
        return name;
    }

    private String bias(TensorProto bias, ActivationRange in, float[] weightScales) {
        float[] values = OnnxTensors.values(bias);
        float[] scales = new float[values.length];
        int[] codes = new int[values.length];
        for (int c = 0; c < values.length; c++) {
            scales[c] = in.scale() * weightScales[c];
            codes[c] =
                    (int) Math.clamp(Math.rint((double) values[c] / scales[c]), Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        String name = bias.getName() + ".int32";
        graph.addInitializer(OnnxTensors.ints(name + ".codes", codes, values.length));
        graph.addInitializer(OnnxTensors.ints(name + ".zero", new int[values.length], values.length));
        dequantise(name, scales);
        return name;
    }

    private void dequantise(String name, float[] scales) {
        graph.addInitializer(OnnxTensors.floats(name + ".scale", scales, scales.length));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("DequantizeLinear")
                .setName(name + ".dequantize")
                .addAllInput(List.of(name + ".codes", name + ".scale", name + ".zero"))
                .addOutput(name)
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axis")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(0)));
    }
}
