package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Constant tensors of a graph, and the node that changes their type. */
final class OnnxTensors {

    private static final float LARGEST_HALF = 65_504;

    private OnnxTensors() {}

    static OnnxMl.TensorProto floats(String name, float[] values, long... shape) {
        ByteBuffer bytes = littleEndian(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return raw(name, OnnxMl.TensorProto.DataType.FLOAT, bytes.array(), shape);
    }

    static OnnxMl.TensorProto ints(String name, int[] values, long... shape) {
        ByteBuffer bytes = littleEndian(values.length * Integer.BYTES);
        bytes.asIntBuffer().put(values);
        return raw(name, OnnxMl.TensorProto.DataType.INT32, bytes.array(), shape);
    }

    /** @param type INT8 or UINT8 */
    static OnnxMl.TensorProto bytes(String name, OnnxMl.TensorProto.DataType type, byte[] values, long... shape) {
        return raw(name, type, values, shape);
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static OnnxMl.TensorProto raw(String name, OnnxMl.TensorProto.DataType type, byte[] bytes, long... shape) {
        OnnxMl.TensorProto.Builder tensor = OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .setRawData(ByteString.copyFrom(bytes));
        for (long size : shape) {
            tensor.addDims(size);
        }
        return tensor.build();
    }

    static OnnxMl.TensorProto longs(String name, long... values) {
        ByteBuffer bytes = littleEndian(values.length * Long.BYTES);
        bytes.asLongBuffer().put(values);
        return raw(name, OnnxMl.TensorProto.DataType.INT64, bytes.array(), values.length);
    }

    /**
     * Values of a float32 tensor, however it holds them.
     *
     * @throws IllegalArgumentException if it is of another type, or its values are in another file
     */
    static float[] values(OnnxMl.TensorProto floats) {
        if (floats.getDataType() != OnnxMl.TensorProto.DataType.FLOAT.getNumber()) {
            throw new IllegalArgumentException("tensor \"" + floats.getName() + "\": "
                    + OnnxMl.TensorProto.DataType.forNumber(floats.getDataType()) + " (expected: FLOAT)");
        }
        if (floats.getDataLocation() == OnnxMl.TensorProto.DataLocation.EXTERNAL) {
            throw new IllegalArgumentException(
                    "tensor \"" + floats.getName() + "\": in a file of its own (expected: within the model)");
        }
        if (!floats.hasRawData()) {
            float[] values = new float[floats.getFloatDataCount()];
            for (int i = 0; i < values.length; i++) {
                values[i] = floats.getFloatData(i);
            }
            return values;
        }
        float[] values = new float[floats.getRawData().size() / Float.BYTES];
        floats.getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    /**
     * The same values in float16, rounded to the nearest.
     *
     * @param floats of type FLOAT
     * @throws IllegalArgumentException if a value is beyond float16's range, or the values are in another file
     */
    static OnnxMl.TensorProto half(OnnxMl.TensorProto floats, String name) {
        float[] values = values(floats);
        ByteBuffer halves = littleEndian(values.length * Short.BYTES);
        for (float value : values) {
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
