package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes a model compute in float16, as GPUs do several times faster: weights, convolutions, products and what lies
 * between them. Input and output stay float32, and so do normalisations and sums of squares, whose intermediate values
 * may exceed float16's range.
 *
 * <p>Only operators that are known to keep their meaning are converted; a graph with others is refused.
 */
final class HalfPrecision {

    private static final Set<String> HALF = Set.of(
            "Add",
            "AveragePool",
            "BatchNormalization",
            "Clip",
            "Concat",
            "Conv",
            "DepthToSpace",
            "Div",
            "Flatten",
            "Gemm",
            "GlobalAveragePool",
            "GlobalMaxPool",
            "HardSigmoid",
            "HardSwish",
            "Identity",
            "LeakyRelu",
            "MatMul",
            "Max",
            "MaxPool",
            "Mul",
            "PRelu",
            "Relu",
            "Reshape",
            "Sigmoid",
            "Split",
            "Squeeze",
            "Sub",
            "Tanh",
            "Transpose",
            "Unsqueeze");

    private static final Set<String> FULL =
            Set.of("GridSample", "LayerNormalization", "LpNormalization", "ReduceL2", "ReduceSumSquare", "Softmax");

    private final OnnxMl.GraphProto.Builder graph;
    private final Map<String, OnnxMl.TensorProto> constants = new HashMap<>();
    private final Set<String> floats = new HashSet<>();

    private Set<String> places = Set.of();

    private final Set<String> halves = new HashSet<>();

    /** What was made so far to have a value in the other type, by the name of what was made. */
    private final Set<String> made = new HashSet<>();

    private HalfPrecision(OnnxMl.GraphProto.Builder graph) {
        this.graph = graph;
    }

    /**
     * The model in float16.
     *
     * @param model of float32
     * @throws IllegalArgumentException if it has operators that are not known here, or weights that are too large
     */
    static OnnxMl.ModelProto of(OnnxMl.ModelProto model) {
        HalfPrecision conversion = new HalfPrecision(model.getGraph().toBuilder());
        conversion.convert();
        return model.toBuilder().setGraph(conversion.graph).build();
    }

    private void convert() {
        for (OnnxMl.TensorProto constant : graph.getInitializerList()) {
            constants.put(constant.getName(), constant);
        }
        for (OnnxMl.ValueInfoProto input : graph.getInputList()) {
            if (isFloat(input.getType().getTensorType().getElemType()) && !constants.containsKey(input.getName())) {
                floats.add(input.getName());
            }
        }
        Set<String> outputs = new HashSet<>();
        graph.getOutputList().forEach(output -> outputs.add(output.getName()));
        var nodes = graph.getNodeList();
        graph.clearNode();
        // The types it names are those from before.
        graph.clearValueInfo();
        places = SamplingPlaces.of(nodes, node -> node.getOpType().equals("Conv"));
        for (OnnxMl.NodeProto node : nodes) {
            convert(node, outputs);
        }
        dropUnusedConstants();
    }

    private void convert(OnnxMl.NodeProto node, Set<String> outputs) {
        boolean half = HALF.contains(node.getOpType()) && !SamplingPlaces.isOf(node, places);
        if (!HALF.contains(node.getOpType()) && !FULL.contains(node.getOpType())) {
            throw new IllegalArgumentException("operator " + node.getOpType() + " of node \"" + node.getName()
                    + "\" (expected: one of " + new TreeSet<>(HALF) + " or " + new TreeSet<>(FULL) + ")");
        }
        OnnxMl.NodeProto.Builder converted = node.toBuilder();
        boolean real = false;
        for (int i = 0; i < node.getInputCount(); i++) {
            String as = half ? asHalf(node.getInput(i)) : asFloat(node.getInput(i));
            if (as != null) {
                converted.setInput(i, as);
                real = true;
            }
        }
        // Otherwise it works on shapes, and its outputs are no reals either.
        if (real) {
            for (int i = 0; i < node.getOutputCount(); i++) {
                String output = node.getOutput(i);
                if (!half) {
                    floats.add(output);
                } else if (outputs.contains(output)) {
                    converted.setOutput(i, output + "/half");
                } else {
                    halves.add(output);
                }
            }
        }
        graph.addNode(converted);
        for (int i = 0; i < node.getOutputCount(); i++) {
            if (!converted.getOutput(i).equals(node.getOutput(i))) {
                graph.addNode(
                        OnnxTensors.cast(converted.getOutput(i), node.getOutput(i), OnnxMl.TensorProto.DataType.FLOAT));
                floats.add(node.getOutput(i));
            }
        }
    }

    /** The name under which a real is there in float16; null if it is none. */
    private @Nullable String asHalf(String name) {
        String half = name + "/float16";
        OnnxMl.TensorProto constant = constants.get(name);
        if (halves.contains(name)) {
            return name;
        } else if (constant != null && isFloat(constant.getDataType())) {
            if (made.add(half)) {
                graph.addInitializer(OnnxTensors.half(constant, half));
            }
            return half;
        } else if (floats.contains(name)) {
            if (made.add(half)) {
                graph.addNode(OnnxTensors.cast(name, half, OnnxMl.TensorProto.DataType.FLOAT16));
            }
            return half;
        }
        return null;
    }

    /** The name under which a real is there in float32; null if it is none. */
    private @Nullable String asFloat(String name) {
        OnnxMl.TensorProto constant = constants.get(name);
        if (floats.contains(name) || (constant != null && isFloat(constant.getDataType()))) {
            return name;
        } else if (halves.contains(name)) {
            String whole = name + "/float32";
            if (made.add(whole)) {
                graph.addNode(OnnxTensors.cast(name, whole, OnnxMl.TensorProto.DataType.FLOAT));
            }
            return whole;
        }
        return null;
    }

    private void dropUnusedConstants() {
        Set<String> used = new HashSet<>();
        graph.getNodeList().forEach(node -> used.addAll(node.getInputList()));
        var all = graph.getInitializerList();
        graph.clearInitializer();
        for (OnnxMl.TensorProto constant : all) {
            if (used.contains(constant.getName())) {
                graph.addInitializer(constant);
            }
        }
    }

    private static boolean isFloat(int type) {
        return type == OnnxMl.TensorProto.DataType.FLOAT.getNumber();
    }
}
