package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.mekiki.training.network.Layer;
import dev.mekiki.training.network.Quadrilateral;
import dev.mekiki.training.network.TrainedNetwork;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a trained network as an ONNX graph: batch normalisation folded into the convolution, linear layer or layer
 * norm before it where there is one, the batch size left open, rows of the output of unit length.
 */
final class OnnxGraph {
    /**
     * LayerNormalization is there from 17 on, GridSample from 16; but ONNX Runtime has its fast way through the latter
     * from 20 on.
     */
    private static final int OPERATOR_SET = 20;

    /** The file format's version that goes with that operator set. */
    private static final int IR_VERSION = 9;

    private final TrainedNetwork network;
    private final OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder();

    private OnnxGraph(TrainedNetwork network) {
        this.network = network;
    }

    /**
     * The model of {@code network}.
     *
     * @param name of the graph
     * @param input name of the input, {@code [N, 3, S, S]}
     * @param output name of the output, {@code [N, D]}
     */
    static OnnxMl.ModelProto of(TrainedNetwork network, String name, String input, String output) {
        OnnxGraph writer = new OnnxGraph(network);
        writer.graph.setName(name);
        int size = network.settings().inputSize();
        writer.graph.addInput(value(input, 3, size, size));
        writer.graph.addOutput(value(output, network.settings().dimension()));
        String features = writer.layers(input, network.layers());
        writer.graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("LpNormalization")
                .setName("unit")
                .addInput(features)
                .addOutput(output)
                .addAttribute(integer("axis", 1))
                .addAttribute(integer("p", 2)));
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("mekiki")
                .addOpsetImport(
                        OnnxMl.OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATOR_SET))
                .setGraph(writer.graph)
                .build();
    }

    private String layers(String input, List<Layer> layers) {
        String x = input;
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            Layer.BatchNorm norm = folded(layers, i);
            x = switch (layer) {
                case Layer.Convolution c -> convolution(x, c, norm);
                case Layer.LayerNorm n -> layerNorm(x, n, norm);
                case Layer.Linear l -> linear(x, l, norm);
                case Layer.BatchNorm b -> batchNorm(x, b);
                case Layer.Hardswish ignored -> node("HardSwish", x + ".hardswish", x);
                case Layer.SqueezeExcitation s -> excite(x, s);
                case Layer.PRelu p -> prelu(x, p);
                case Layer.Residual r -> binary("Add", r.name(), layers(x, r.body()), layers(x, r.shortcut()));
                case Layer.Rectification r -> rectify(x, r);
                case Layer.PixelShuffle p -> shuffle(x, p);
                case Layer.GlobalAverage ignored ->
                    node("Flatten", x + ".flat", node("GlobalAveragePool", x + ".average", x));
                case Layer.Flatten ignored -> node("Flatten", x + ".flat", x);
            };
            i += norm != null ? 1 : 0;
        }
        return x;
    }

    /** The batch normalisation that is folded into the layer before it; null if none is. */
    static Layer.@Nullable BatchNorm folded(List<Layer> layers, int index) {
        boolean folds = layers.get(index) instanceof Layer.Convolution
                || layers.get(index) instanceof Layer.LayerNorm
                || layers.get(index) instanceof Layer.Linear;
        return folds && index + 1 < layers.size() && layers.get(index + 1) instanceof Layer.BatchNorm b ? b : null;
    }

    private String convolution(String x, Layer.Convolution c, Layer.@Nullable BatchNorm norm) {
        float[] weight = network.parameter(c.name() + ".weight");
        OnnxMl.NodeProto.Builder node = OnnxMl.NodeProto.newBuilder()
                .setOpType("Conv")
                .setName(c.name())
                .addInput(x);
        scaleRows(weight, c.out(), norm);
        node.addInput(tensor(c.name() + ".weight", weight, c.out(), c.in() / c.groups(), c.kernel(), c.kernel()));
        if (norm != null) {
            node.addInput(tensor(c.name() + ".bias", shift(norm, scale(norm)), c.out()));
        }
        long pad = c.kernel() / 2;
        graph.addNode(node.addOutput(c.name())
                .addAttribute(integers("kernel_shape", c.kernel(), c.kernel()))
                .addAttribute(integers("strides", c.stride(), c.stride()))
                .addAttribute(integers("pads", pad, pad, pad, pad))
                .addAttribute(integer("group", c.groups())));
        return c.name();
    }

    /** Multiplies the weights of each output by the scale of the norm that follows, if one does. */
    private void scaleRows(float[] weight, int outputs, Layer.@Nullable BatchNorm norm) {
        if (norm != null) {
            float[] scale = scale(norm);
            int perOutput = weight.length / outputs;
            for (int i = 0; i < weight.length; i++) {
                weight[i] *= scale[i / perOutput];
            }
        }
    }

    /** A batch norm after a layer norm only rescales it: γ'=γ·s, β'=β·s+t. */
    private String layerNorm(String x, Layer.LayerNorm n, Layer.@Nullable BatchNorm norm) {
        float[] weight = network.parameter(n.name() + ".weight");
        float[] bias = network.parameter(n.name() + ".bias");
        if (norm != null) {
            float[] scale = scale(norm);
            float[] shift = shift(norm, scale);
            for (int i = 0; i < weight.length; i++) {
                weight[i] *= scale[i];
                bias[i] = bias[i] * scale[i] + shift[i];
            }
        }
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("LayerNormalization")
                .setName(n.name())
                .addInput(x)
                .addInput(tensor(n.name() + ".weight", weight, n.width()))
                .addInput(tensor(n.name() + ".bias", bias, n.width()))
                .addOutput(n.name())
                .addAttribute(integer("axis", -1))
                .addAttribute(real("epsilon", (float) Layer.EPSILON)));
        return n.name();
    }

    /** One before a padded convolution cannot be folded into it: the padding is not normalised. */
    private String batchNorm(String x, Layer.BatchNorm b) {
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("BatchNormalization")
                .setName(b.name())
                .addInput(x)
                .addInput(tensor(b.name() + ".weight", network.parameter(b.name() + ".weight"), b.channels()))
                .addInput(tensor(b.name() + ".bias", network.parameter(b.name() + ".bias"), b.channels()))
                .addInput(tensor(b.name() + ".mean", network.statistic(b.name() + ".mean"), b.channels()))
                .addInput(tensor(b.name() + ".variance", network.statistic(b.name() + ".variance"), b.channels()))
                .addOutput(b.name())
                .addAttribute(real("epsilon", (float) Layer.EPSILON)));
        return b.name();
    }

    /** As {@link Quadrilateral} says. */
    private String rectify(String x, Layer.Rectification r) {
        String name = r.name();
        int factors = Quadrilateral.FACTORS;
        long cells = (long) r.mapSize() * r.mapSize();
        String leanings = tensor(name + ".leanings", Quadrilateral.leanings(r.mapSize()), Quadrilateral.CORNERS, cells);
        Layer.Convolution head = new Layer.Convolution(name, r.channels(), Quadrilateral.CORNERS, 1, 1, 1);
        String heads = convolution(layers(x, r.localiser()), head, null);
        String maps = binary("Add", name + ".maps", reshaped(heads, 0, Quadrilateral.CORNERS, cells), leanings);
        String shares = node("Softmax", name + ".shares", maps);
        String places = tensor(name + ".cells", Quadrilateral.places(r.mapSize()), cells, 2);
        String corners = reshaped(binary("MatMul", name + ".means", shares, places), 0, Quadrilateral.NUMBERS);
        String linear = binary("MatMul", name + ".linear", corners, termWeights(name));
        String constants = tensor(name + ".constants", Quadrilateral.constants(), Quadrilateral.TERMS);
        List<String> terms = split(
                binary("Add", name + ".terms", linear, constants), factors, factors, factors, factors, 3 * factors);
        String areas = binary(
                "Sub",
                name + ".areas",
                binary("Mul", name + ".rising", terms.get(0), terms.get(1)),
                binary("Mul", name + ".falling", terms.get(2), terms.get(3)));
        String least = tensor(name + ".least", new float[] {(float) Quadrilateral.LEAST_WEIGHT});
        String weights = reshaped(binary("Max", name + ".weights", areas, least), 0, 1, 3);
        String weighted = binary("Mul", name + ".weighted", reshaped(terms.get(4), 0, 3, 3), weights);
        String lattice = tensor(name + ".lattice", Quadrilateral.lattice(r.size()), 3, (long) r.size() * r.size());
        List<String> points = split(binary("MatMul", name + ".points", weighted, lattice), 2, 1);
        String depth = binary("Max", name + ".depth", points.get(1), least);
        String sampled = name + ".transposed";
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("Transpose")
                .setName(sampled)
                .addInput(binary("Div", name + ".places", points.get(0), depth))
                .addOutput(sampled)
                .addAttribute(integers("perm", 0, 2, 1)));
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("GridSample")
                .setName(name + ".cut")
                .addInput(x)
                .addInput(reshaped(sampled, 0, r.size(), r.size(), 2))
                .addOutput(name + ".cut")
                .addAttribute(text("mode", "linear"))
                .addAttribute(text("padding_mode", "zeros"))
                .addAttribute(integer("align_corners", 0)));
        return name + ".cut";
    }

    /** {@code [NUMBERS, TERMS]}, for a product from the right. */
    private String termWeights(String name) {
        float[] terms = Quadrilateral.terms();
        float[] turned = new float[terms.length];
        for (int term = 0; term < Quadrilateral.TERMS; term++) {
            for (int i = 0; i < Quadrilateral.NUMBERS; i++) {
                turned[i * Quadrilateral.TERMS + term] = terms[term * Quadrilateral.NUMBERS + i];
            }
        }
        return tensor(name + ".weights.of.terms", turned, Quadrilateral.NUMBERS, Quadrilateral.TERMS);
    }

    private String shuffle(String x, Layer.PixelShuffle p) {
        String name = x + ".shuffled";
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("DepthToSpace")
                .setName(name)
                .addInput(x)
                .addOutput(name)
                .addAttribute(integer("blocksize", p.factor()))
                // Channels before rows and columns of the square, as libtorch has it.
                .addAttribute(text("mode", "CRD")));
        return name;
    }

    private String binary(String operator, String name, String one, String other) {
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType(operator)
                .setName(name)
                .addInput(one)
                .addInput(other)
                .addOutput(name));
        return name;
    }

    /** Along the axis after the batch. */
    private List<String> split(String x, long... sizes) {
        OnnxMl.NodeProto.Builder node = OnnxMl.NodeProto.newBuilder()
                .setOpType("Split")
                .setName(x + ".split")
                .addInput(x)
                .addInput(longs(x + ".sizes", sizes))
                .addAttribute(integer("axis", 1));
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            parts.add(x + "." + i);
        }
        graph.addNode(node.addAllOutput(parts));
        return parts;
    }

    /** Zero is the size that the axis has. */
    private String reshaped(String x, long... shape) {
        String name = x + ".reshaped";
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("Reshape")
                .setName(name)
                .addInput(x)
                .addInput(longs(x + ".shape", shape))
                .addOutput(name));
        return name;
    }

    private String prelu(String x, Layer.PRelu p) {
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("PRelu")
                .setName(p.name())
                .addInput(x)
                .addInput(tensor(p.name() + ".weight", network.parameter(p.name() + ".weight"), p.channels(), 1, 1))
                .addOutput(p.name()));
        return p.name();
    }

    private float[] scale(Layer.BatchNorm norm) {
        float[] scale = network.parameter(norm.name() + ".weight");
        float[] variance = network.statistic(norm.name() + ".variance");
        for (int i = 0; i < scale.length; i++) {
            scale[i] = (float) (scale[i] / Math.sqrt(variance[i] + Layer.EPSILON));
        }
        return scale;
    }

    private float[] shift(Layer.BatchNorm norm, float[] scale) {
        float[] shift = network.parameter(norm.name() + ".bias");
        float[] mean = network.statistic(norm.name() + ".mean");
        for (int i = 0; i < shift.length; i++) {
            shift[i] -= mean[i] * scale[i];
        }
        return shift;
    }

    private String excite(String x, Layer.SqueezeExcitation s) {
        String mean = node("GlobalAveragePool", s.name() + ".mean", x);
        String reduced =
                node("Relu", s.name() + ".relu", pointwise(mean, s.name() + ".reduce", s.channels(), s.reduced()));
        String expanded = pointwise(reduced, s.name() + ".expand", s.reduced(), s.channels());
        String gate = s.name() + ".gate";
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("HardSigmoid")
                .setName(gate)
                .addInput(expanded)
                .addOutput(gate)
                .addAttribute(real("alpha", 1f / 6))
                .addAttribute(real("beta", 0.5f)));
        return binary("Mul", s.name(), x, gate);
    }

    private String pointwise(String x, String name, int in, int out) {
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("Conv")
                .setName(name)
                .addInput(x)
                .addInput(tensor(name + ".weight", network.parameter(name + ".weight"), out, in, 1, 1))
                .addInput(tensor(name + ".bias", network.parameter(name + ".bias"), out))
                .addOutput(name)
                .addAttribute(integers("kernel_shape", 1, 1)));
        return name;
    }

    private String linear(String x, Layer.Linear l, Layer.@Nullable BatchNorm norm) {
        float[] weight = network.parameter(l.name() + ".weight");
        scaleRows(weight, l.out(), norm);
        OnnxMl.NodeProto.Builder node = OnnxMl.NodeProto.newBuilder()
                .setOpType("Gemm")
                .setName(l.name())
                .addInput(x)
                .addInput(tensor(l.name() + ".weight", weight, l.out(), l.in()));
        if (norm != null) {
            node.addInput(tensor(l.name() + ".bias", shift(norm, scale(norm)), l.out()));
        }
        graph.addNode(node.addOutput(l.name()).addAttribute(integer("transB", 1)));
        return l.name();
    }

    private String node(String operator, String name, String x) {
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType(operator)
                .setName(name)
                .addInput(x)
                .addOutput(name));
        return name;
    }

    private String tensor(String name, float[] values, long... shape) {
        graph.addInitializer(OnnxTensors.floats(name, values, shape));
        return name;
    }

    private String longs(String name, long... values) {
        graph.addInitializer(OnnxTensors.longs(name, values));
        return name;
    }

    private static OnnxMl.ValueInfoProto value(String name, long... sizesAfterBatch) {
        OnnxMl.TensorShapeProto.Builder shape = OnnxMl.TensorShapeProto.newBuilder()
                .addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
        for (long s : sizesAfterBatch) {
            shape.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(s));
        }
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }

    private static OnnxMl.AttributeProto integer(String name, long value) {
        return OnnxMl.AttributeProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static OnnxMl.AttributeProto text(String name, String value) {
        return OnnxMl.AttributeProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    private static OnnxMl.AttributeProto integers(String name, long... values) {
        OnnxMl.AttributeProto.Builder attribute =
                OnnxMl.AttributeProto.newBuilder().setName(name).setType(OnnxMl.AttributeProto.AttributeType.INTS);
        for (long v : values) {
            attribute.addInts(v);
        }
        return attribute.build();
    }

    private static OnnxMl.AttributeProto real(String name, float value) {
        return OnnxMl.AttributeProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }
}
