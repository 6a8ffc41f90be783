package dev.mekiki.inference.session;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Runs a model on the CPU to see what goes on inside: every output that its graph declares, not one embedding alone. For
 * calibration, not for serving. Not thread-safe.
 */
public final class TensorProbe implements AutoCloseable {

    private static final OrtEnvironment ENVIRONMENT =
            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);

    private final OrtSession session;

    private TensorProbe(OrtSession session) {
        this.session = session;
    }

    /**
     * Loads a model.
     *
     * @param model bytes of an ONNX file with one input
     * @throws ModelUnusable if it cannot be loaded
     */
    public static TensorProbe open(byte[] model) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            return new TensorProbe(ENVIRONMENT.createSession(model, options));
        } catch (OrtException e) {
            throw new ModelUnusable("model cannot be loaded: " + e.getMessage(), e);
        }
    }

    /**
     * Runs the model once.
     *
     * @param input a direct buffer, from 0 to its capacity
     * @param shape of the input tensor
     * @param outputs names of float32 outputs
     * @return their values, by name
     * @throws ModelUnusable if it cannot be run
     */
    public Map<String, float[]> run(FloatBuffer input, long[] shape, Set<String> outputs) {
        String name = session.getInputNames().iterator().next();
        try (OnnxTensor tensor = OnnxTensor.createTensor(ENVIRONMENT, input.slice(0, input.capacity()), shape);
                OrtSession.Result result = session.run(Map.of(name, tensor), outputs)) {
            Map<String, float[]> values = new LinkedHashMap<>();
            for (String output : outputs) {
                FloatBuffer buffer = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
                float[] copy = new float[buffer.remaining()];
                buffer.get(copy);
                values.put(output, copy);
            }
            return values;
        } catch (OrtException e) {
            throw new ModelUnusable("model cannot be run: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("session cannot be closed", e);
        }
    }
}
