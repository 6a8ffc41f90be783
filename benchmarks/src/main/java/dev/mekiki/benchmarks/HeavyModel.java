package dev.mekiki.benchmarks;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.model.ModelCard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Writes a model of the size of ResNet-50 (25 million weights, 4.1 billion multiplications an image) with random
 * weights: {@code [N, 3, 224, 224]} to 512. What it says of an image is worth nothing; what it costs is what such a
 * network costs.
 *
 * @see <a href="https://arxiv.org/abs/1512.03385">Deep Residual Learning for Image Recognition</a>, table 1
 */
final class HeavyModel {

    private static final String NAME = "random-resnet50";
    private static final int SIDE = 224;
    private static final int DIMENSION = 512;
    private static final int OPERATOR_SET = 17;
    private static final int IR_VERSION = 8;
    private static final long SEED = 50;

    /** Variance that keeps a signal through a layer and its ReLU (He et al. 2015). */
    private static final double HE = 2;

    /** Of a block's last layer, so that the sum over sixteen blocks stays near one. */
    private static final double RESIDUAL = 0.2;

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    private final OnnxMl.GraphProto.Builder graph = OnnxMl.GraphProto.newBuilder();
    private int nodes;

    private HeavyModel() {}

    /**
     * The model's file; written, with its card beside it, if it is not there.
     *
     * @param folder made if missing
     */
    static Path in(Path folder) throws IOException {
        Path onnx = folder.resolve(NAME + ".onnx");
        Path card = ImageEmbedder.cardOf(onnx);
        if (!Files.exists(card)) {
            Files.createDirectories(folder);
            byte[] model = new HeavyModel().build().toByteArray();
            Files.write(onnx, model);
            card(model).write(card);
        }
        return onnx;
    }

    private static ModelCard card(byte[] model) {
        List<Double> half = List.of(0.5, 0.5, 0.5);
        return new ModelCard(
                NAME,
                1,
                ContentDigest.of(model).hex(),
                new ModelCard.Input("image", SIDE, SIDE, ModelCard.ChannelOrder.RGB, half, half),
                new ModelCard.Output("embedding", DIMENSION),
                64,
                new ModelCard.Calibration(0.01, 0.9, 0.01, 1, "none: the weights are random"),
                new ModelCard.Provenance(
                        "none", SEED, "benchmark", Runtime.version().toString(), Map.of("weights", "random")));
    }

    private OnnxMl.ModelProto build() {
        graph.setName(NAME).addInput(value("image", 3, SIDE, SIDE)).addOutput(value("embedding", DIMENSION));
        String x = relu(convolution("image", 3, 64, 7, 2, HE));
        x = node("MaxPool", x, integers("kernel_shape", 3, 3), integers("strides", 2, 2), integers("pads", 1, 1, 1, 1));
        int channels = 64;
        int[] blocks = {3, 4, 6, 3};
        for (int stage = 0; stage < blocks.length; stage++) {
            int width = 64 << stage;
            for (int block = 0; block < blocks[stage]; block++) {
                x = bottleneck(x, channels, width, block == 0 && stage > 0 ? 2 : 1, block == 0);
                channels = 4 * width;
            }
        }
        x = node("Flatten", node("GlobalAveragePool", x));
        x = node("Gemm", List.of(x, tensor(1.0 / channels, DIMENSION, channels)), integer("transB", 1));
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType("LpNormalization")
                .addInput(x)
                .addOutput("embedding")
                .addAttribute(integer("axis", 1))
                .addAttribute(integer("p", 2)));
        return OnnxMl.ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("mekiki")
                .addOpsetImport(
                        OnnxMl.OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATOR_SET))
                .setGraph(graph)
                .build();
    }

    private String bottleneck(String x, int channels, int width, int stride, boolean projected) {
        String y = relu(convolution(x, channels, width, 1, 1, HE));
        y = relu(convolution(y, width, width, 3, stride, HE));
        y = convolution(y, width, 4 * width, 1, 1, RESIDUAL);
        String way = projected ? convolution(x, channels, 4 * width, 1, stride, 1) : x;
        return relu(node("Add", List.of(way, y)));
    }

    private String relu(String x) {
        return node("Relu", x);
    }

    /** With a bias, as after folding a batch normalisation. */
    private String convolution(String x, int in, int out, int kernel, int stride, double gain) {
        int pad = kernel / 2;
        return node(
                "Conv",
                List.of(x, tensor(gain / (in * kernel * kernel), out, in, kernel, kernel), tensor(1e-4, out)),
                integers("kernel_shape", kernel, kernel),
                integers("strides", stride, stride),
                integers("pads", pad, pad, pad, pad));
    }

    private String node(String operator, String x, OnnxMl.AttributeProto... attributes) {
        return node(operator, List.of(x), attributes);
    }

    private String node(String operator, List<String> inputs, OnnxMl.AttributeProto... attributes) {
        String name = operator.toLowerCase(Locale.ROOT) + nodes++;
        graph.addNode(OnnxMl.NodeProto.newBuilder()
                .setOpType(operator)
                .setName(name)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(List.of(attributes)));
        return name;
    }

    private String tensor(double variance, int... shape) {
        int count = 1;
        for (int s : shape) {
            count *= s;
        }
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        double deviation = Math.sqrt(variance);
        while (bytes.hasRemaining()) {
            bytes.putFloat((float) (random.nextGaussian() * deviation));
        }
        String name = "tensor" + graph.getInitializerCount();
        OnnxMl.TensorProto.Builder tensor = OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                .setRawData(ByteString.copyFrom(bytes.flip()));
        for (int s : shape) {
            tensor.addDims(s);
        }
        graph.addInitializer(tensor);
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

    private static OnnxMl.AttributeProto integers(String name, long... values) {
        OnnxMl.AttributeProto.Builder attribute =
                OnnxMl.AttributeProto.newBuilder().setName(name).setType(OnnxMl.AttributeProto.AttributeType.INTS);
        for (long v : values) {
            attribute.addInts(v);
        }
        return attribute.build();
    }
}
