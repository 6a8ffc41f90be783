package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl;
import dev.mekiki.inference.model.ModelCard;
import java.util.List;

/**
 * Moves normalisation into the graph: the input becomes one of 8-bit values, which are cast, scaled and shifted there.
 * The host then writes, and a GPU is sent, a quarter of the bytes.
 */
final class ByteInput {

    private static final int CHANNELS = 3;

    private ByteInput() {}

    /** What the input of a converted model is called. */
    static String name(String input) {
        return input + "_bytes";
    }

    /**
     * A model that gives for the 8-bit values of an image what {@code model} gives for the normalised ones.
     *
     * @param input of {@code model}, of {@code FLOAT32}
     * @throws IllegalArgumentException if the model has no such input
     */
    static OnnxMl.ModelProto of(OnnxMl.ModelProto model, ModelCard.Input input) {
        OnnxMl.GraphProto.Builder graph = model.getGraph().toBuilder();
        int at = 0;
        while (at < graph.getInputCount() && !graph.getInput(at).getName().equals(input.name())) {
            at++;
        }
        if (at == graph.getInputCount()) {
            throw new IllegalArgumentException("model: no input \"" + input.name() + "\" (expected: that of its card)");
        }
        OnnxMl.ValueInfoProto floats = graph.getInput(at);
        OnnxMl.TypeProto.Tensor tensor = floats.getType().getTensorType();
        if (tensor.getElemType() != OnnxMl.TensorProto.DataType.FLOAT.getNumber()) {
            throw new IllegalArgumentException("model: input \"" + input.name() + "\" of type "
                    + OnnxMl.TensorProto.DataType.forNumber(tensor.getElemType()) + " (expected: FLOAT)");
        }
        // What reads the input stays as it is: the last of the new nodes has the input's old name.
        String bytes = name(input.name());
        graph.setInput(
                at,
                floats.toBuilder()
                        .setName(bytes)
                        .setType(OnnxMl.TypeProto.newBuilder()
                                .setTensorType(tensor.toBuilder()
                                        .setElemType(OnnxMl.TensorProto.DataType.UINT8.getNumber()))));
        String cast = bytes + "/cast";
        String scaled = bytes + "/scaled";
        float[] scale = new float[CHANNELS];
        float[] shift = new float[CHANNELS];
        for (int c = 0; c < CHANNELS; c++) {
            scale[c] = (float) (1 / (255 * input.std().get(c)));
            shift[c] = (float) (-input.mean().get(c) / input.std().get(c));
        }
        graph.addInitializer(OnnxTensors.floats(bytes + "/scale", scale, 1, CHANNELS, 1, 1));
        graph.addInitializer(OnnxTensors.floats(bytes + "/shift", shift, 1, CHANNELS, 1, 1));
        graph.addNode(0, OnnxTensors.cast(bytes, cast, OnnxMl.TensorProto.DataType.FLOAT));
        graph.addNode(1, node("Mul", List.of(cast, bytes + "/scale"), scaled));
        graph.addNode(2, node("Add", List.of(scaled, bytes + "/shift"), input.name()));
        return model.toBuilder().setGraph(graph).build();
    }

    private static OnnxMl.NodeProto node(String operator, List<String> inputs, String output) {
        return OnnxMl.NodeProto.newBuilder()
                .setOpType(operator)
                .setName(output)
                .addAllInput(inputs)
                .addOutput(output)
                .build();
    }
}
