package dev.mekiki.inference.session;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mekiki.inference.batch.BatchDevice;
import dev.mekiki.inference.batch.DeviceOutOfMemory;
import dev.mekiki.inference.model.ModelCard;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One ONNX Runtime session with its input and output tensors, allocated once for the largest batch and viewed at every
 * allowed size. A batch is padded to the next allowed size with whatever the tensor held before; the rows of a batch do
 * not influence each other, so that is harmless and costs no clearing.
 *
 * <p>Items are buffers that hold, from position to limit, an image's {@code 3 × height × width} values of the card's type,
 * floats in the buffer's byte order, as the preprocessor writes them; outputs are vectors of the card's dimension. Not
 * thread-safe.
 */
public final class OnnxSession implements BatchDevice<ByteBuffer, float[]> {

    private static final int WARM_UP_RUNS = 2;
    private static final double UNIT_TOLERANCE = 1e-3;

    /**
     * What ONNX Runtime says when there is no memory: there is no code for it, and its arenas, CUDA, cuDNN, cuBLAS and
     * C++ each have words of their own.
     */
    private static final Pattern NO_MEMORY = Pattern.compile(
            "out of memory|OutOfMemory|[Ff]ailed to allocate memory|smaller than requested bytes|ALLOC(ATION)?_FAILED|bad_alloc"
                    + "|bad allocation");

    private final OrtSession session;
    private final ModelCard.ElementType type;
    private final int values;
    private final int dimension;
    private final ByteBuffer input;
    private final FloatBuffer inputFloats;
    private final FloatBuffer output;
    private final List<Run> runs = new ArrayList<>();

    /** The tensors of one allowed batch size, views of the shared buffers. */
    private record Run(int size, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {}

    OnnxSession(OrtEnvironment environment, OrtSession session, ModelCard card, List<Integer> batchSizes)
            throws OrtException {
        this.session = session;
        type = card.input().type();
        values = 3 * card.input().height() * card.input().width();
        dimension = card.output().dimension();
        int largest = batchSizes.getLast();
        int bytes = Math.multiplyExact(values, type.bytes());
        input = direct(Math.multiplyExact(largest, bytes));
        inputFloats = input.asFloatBuffer();
        output = direct(largest * dimension * Float.BYTES).asFloatBuffer();
        for (int size : batchSizes) {
            long[] in = {size, 3, card.input().height(), card.input().width()};
            long[] out = {size, dimension};
            runs.add(new Run(
                    size,
                    Map.of(
                            card.input().name(),
                            OnnxTensor.createTensor(
                                    environment,
                                    input.slice(0, size * bytes).order(input.order()),
                                    in,
                                    onnxType(type))),
                    Map.of(
                            card.output().name(),
                            OnnxTensor.createTensor(environment, output.slice(0, size * dimension), out))));
        }
    }

    static OnnxJavaType onnxType(ModelCard.ElementType type) {
        return switch (type) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case UINT8 -> OnnxJavaType.UINT8;
        };
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** @param onnx named in messages */
    void warmUp(Path onnx) throws OrtException {
        for (Run run : runs) {
            for (int i = 0; i < WARM_UP_RUNS; i++) {
                run(run);
            }
            for (int row = 0; row < run.size; row++) {
                double squares = 0;
                for (int d = 0; d < dimension; d++) {
                    double v = output.get(row * dimension + d);
                    squares += v * v;
                }
                if (!(Math.abs(Math.sqrt(squares) - 1) <= UNIT_TOLERANCE)) {
                    throw new ModelUnusable(
                            onnx,
                            "output at batch size " + run.size + ", row " + row + ": length " + Math.sqrt(squares)
                                    + " (expected: 1 within " + UNIT_TOLERANCE + ")");
                }
            }
        }
    }

    private void run(Run run) throws OrtException {
        session.run(run.inputs, run.outputs).close();
    }

    /**
     * Runs 1..largest size images.
     *
     * @throws DeviceOutOfMemory if the device has not the memory for so many
     * @throws OrtException if it fails otherwise
     */
    @Override
    public List<float[]> run(List<ByteBuffer> images) throws OrtException, DeviceOutOfMemory {
        for (int i = 0; i < images.size(); i++) {
            ByteBuffer image = images.get(i);
            switch (type) {
                case FLOAT32 -> inputFloats.put(i * values, image.asFloatBuffer(), 0, values);
                case UINT8 -> input.put(i * values, image, image.position(), values);
            }
        }
        try {
            run(runs.stream().filter(r -> r.size >= images.size()).findFirst().orElseThrow());
        } catch (OrtException e) {
            if (saysNoMemory(e)) {
                throw new DeviceOutOfMemory(e);
            }
            throw e;
        }
        List<float[]> vectors = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            float[] vector = new float[dimension];
            output.get(i * dimension, vector);
            vectors.add(vector);
        }
        return vectors;
    }

    static boolean saysNoMemory(OrtException failure) {
        return NO_MEMORY.matcher(String.valueOf(failure.getMessage())).find();
    }

    @Override
    public void close() {
        for (Run run : runs) {
            run.inputs.values().forEach(OnnxTensor::close);
            run.outputs.values().forEach(OnnxTensor::close);
        }
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("session cannot be closed", e);
        }
    }
}
