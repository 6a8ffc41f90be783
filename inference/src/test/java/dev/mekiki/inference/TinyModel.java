package dev.mekiki.inference;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.inference.model.ModelCard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A real ONNX model of a few kB with random weights: convolution of 8×8 with stride 4, ReLU, global mean, unit length.
 * Different pictures give clearly different vectors.
 */
public final class TinyModel {

    public static final int SIDE = 32;
    public static final int DIMENSION = 16;

    private static final int KERNEL = 8;

    private TinyModel() {}

    /** Writes {@code tiny.onnx} and {@code tiny.json}; returns the former. */
    public static Path write(Path folder) {
        try {
            byte[] model = model("N").toByteArray();
            Path onnx = folder.resolve("tiny.onnx");
            Files.write(onnx, model);
            card(model).write(folder.resolve("tiny.json"));
            return onnx;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    public static ModelCard card(byte[] model) {
        return new ModelCard(
                "tiny",
                3,
                ContentDigest.of(model).hex(),
                new ModelCard.Input(
                        "pixels",
                        SIDE,
                        SIDE,
                        ModelCard.ChannelOrder.RGB,
                        List.of(0.5, 0.5, 0.5),
                        List.of(0.25, 0.25, 0.25)),
                new ModelCard.Output("embedding", DIMENSION),
                64,
                new ModelCard.Calibration(1e-3, 0.5, 0.02, 1000, "invented"),
                new ModelCard.Provenance("none", 1, "test", "test", Map.of()));
    }

    /**
     * The model itself.
     *
     * @param batch a number for a fixed batch dimension, or a name for any
     */
    public static ModelProto model(String batch) {
        Random random = new Random(20);
        GraphProto graph = GraphProto.newBuilder()
                .setName("tiny")
                .addInput(value("pixels", batch, 3, SIDE, SIDE))
                .addOutput(value("embedding", batch, DIMENSION))
                .addInitializer(tensor("weight", random, 0.2, DIMENSION, 3, KERNEL, KERNEL))
                .addInitializer(tensor("bias", random, 1, DIMENSION))
                .addNode(node("Conv", List.of("pixels", "weight", "bias"), "conv")
                        .addAttribute(ints("strides", 4, 4)))
                .addNode(node("Relu", List.of("conv"), "relu"))
                .addNode(node("GlobalAveragePool", List.of("relu"), "mean"))
                .addNode(node("Flatten", List.of("mean"), "flat"))
                .addNode(node("LpNormalization", List.of("flat"), "embedding")
                        .addAttribute(integer("axis", 1))
                        .addAttribute(integer("p", 2)))
                .build();
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17))
                .setGraph(graph)
                .build();
    }

    /** A model that takes 8-bit values and makes of them the vectors that {@link #model} makes of normalised ones. */
    public static ModelProto bytes() {
        ModelProto floats = model("N");
        GraphProto.Builder graph = floats.getGraph().toBuilder();
        graph.setInput(
                0,
                graph.getInput(0).toBuilder()
                        .setName("bytes")
                        .setType(TypeProto.newBuilder()
                                .setTensorType(graph.getInput(0).getType().getTensorType().toBuilder()
                                        .setElemType(TensorProto.DataType.UINT8.getNumber()))));
        graph.addInitializer(scalar("scale", 1 / (255 * 0.25f))).addInitializer(scalar("shift", -0.5f / 0.25f));
        graph.addNode(
                0,
                node("Cast", List.of("bytes"), "cast")
                        .addAttribute(integer("to", TensorProto.DataType.FLOAT.getNumber())));
        graph.addNode(1, node("Mul", List.of("cast", "scale"), "scaled"));
        graph.addNode(2, node("Add", List.of("scaled", "shift"), "pixels"));
        return floats.toBuilder().setGraph(graph).build();
    }

    /** The card of {@link #bytes}. */
    public static ModelCard cardOfBytes(byte[] model) {
        ModelCard card = card(model);
        ModelCard.Input in = card.input();
        return with(
                card,
                new ModelCard.Input(
                        "bytes",
                        ModelCard.ElementType.UINT8,
                        in.height(),
                        in.width(),
                        in.oversampling(),
                        in.channelOrder(),
                        in.mean(),
                        in.std()));
    }

    /** A card with another input. */
    public static ModelCard with(ModelCard card, ModelCard.Input input) {
        return new ModelCard(
                card.name(),
                card.version(),
                card.sha256(),
                input,
                card.output(),
                card.maxBatch(),
                card.calibration(),
                card.provenance());
    }

    private static TensorProto scalar(String name, float value) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addFloatData(value)
                .build();
    }

    private static NodeProto.Builder node(String type, List<String> inputs, String output) {
        return NodeProto.newBuilder()
                .setOpType(type)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output);
    }

    private static AttributeProto ints(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static ValueInfoProto value(String name, String batch, int... rest) {
        TensorShapeProto.Dimension.Builder first = TensorShapeProto.Dimension.newBuilder();
        if (batch.chars().allMatch(Character::isDigit)) {
            first.setDimValue(Long.parseLong(batch));
        } else {
            first.setDimParam(batch);
        }
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder().addDim(first);
        for (int d : rest) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(d));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }

    private static TensorProto tensor(String name, Random random, double spread, int... dims) {
        int n = 1;
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
        for (int d : dims) {
            tensor.addDims(d);
            n *= d;
        }
        ByteBuffer raw = ByteBuffer.allocate(n * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < n; i++) {
            raw.putFloat((float) (spread * random.nextGaussian()));
        }
        return tensor.setRawData(ByteString.copyFrom(raw.array())).build();
    }
}
