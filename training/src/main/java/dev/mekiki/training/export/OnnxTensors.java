package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Constant tensors of a graph, and the node that changes their type. */
final class OnnxTensors {

    private static final float LARGEST_HALF = 65_504;

    private OnnxTensors() {}

    static OnnxMl.TensorProto floats(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        OnnxMl.TensorProto.Builder tensor = OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                .setRawData(ByteString.copyFrom(bytes.array()));
        for (long s : shape) {
            tensor.addDims(s);
        }
        return tensor.build();
    }

    /**
     * The same values in float16, rounded to the nearest.
     *
     * @param floats of type FLOAT
     * @throws IllegalArgumentException if a value is beyond float16's range, or the values are in another file
     */
    static OnnxMl.TensorProto half(OnnxMl.TensorProto floats, String name) {
        if (floats.getDataLocation() == OnnxMl.TensorProto.DataLocation.EXTERNAL) {
            throw new IllegalArgumentException(
                    "tensor \"" + floats.getName() + "\": in a file of its own (expected: within the model)");
        }
        FloatBuffer values = values(floats);
        ByteBuffer halves =
                ByteBuffer.allocate(values.remaining() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            float value = values.get();
            if (!(Math.abs(value) <= LARGEST_HALF)) {
                throw new IllegalArgumentException("tensor \"" + floats.getName() + "\": a value of " + value
                        + " (expected: at most " + LARGEST_HALF + ", float16's largest)");
            }
            halves.putShort(Float.floatToFloat16(value));
        }
        return floats.toBuilder()
                .setName(name)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT16.getNumber())
                .clearFloatData()
                .setRawData(ByteString.copyFrom(halves.array()))
                .build();
    }

    private static FloatBuffer values(OnnxMl.TensorProto floats) {
        if (floats.hasRawData()) {
            return floats.getRawData()
                    .asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
        }
        FloatBuffer values = FloatBuffer.allocate(floats.getFloatDataCount());
        floats.getFloatDataList().forEach(values::put);
        return values.flip();
    }

    static OnnxMl.NodeProto cast(String from, String to, OnnxMl.TensorProto.DataType type) {
        return OnnxMl.NodeProto.newBuilder()
                .setOpType("Cast")
                .setName(to)
                .addInput(from)
                .addOutput(to)
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("to")
                        .setType(OnnxMl.AttributeProto.AttributeType.INT)
                        .setI(type.getNumber()))
                .build();
    }
}
