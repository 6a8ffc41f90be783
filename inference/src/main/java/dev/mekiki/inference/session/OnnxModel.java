package dev.mekiki.inference.session;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.inference.model.ModelCard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An ONNX file that was checked against its card and loaded into warm sessions.
 *
 * <p>Immutable; the sessions are each for one thread.
 */
public final class OnnxModel {

    private static final Logger LOG = System.getLogger(OnnxModel.class.getName());

    /** One per process; asking for it again with a level would only log a complaint. */
    private static final OrtEnvironment ENVIRONMENT =
            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);

    private final ExecutionProvider provider;
    private final List<OnnxSession> sessions;

    private OnnxModel(ExecutionProvider provider, List<OnnxSession> sessions) {
        this.provider = provider;
        this.sessions = List.copyOf(sessions);
    }

    /**
     * Loads a model and runs every allowed batch size once, so that no request pays for first-time work.
     *
     * @param onnx the file that {@code card} describes
     * @throws ModelUnusable if the file's digest, input or output differs from the card, a provider is missing, or the
     *     model gives anything but finite rows of unit length
     * @throws UncheckedIOException if the file cannot be read
     */
    public static OnnxModel load(Path onnx, ModelCard card, SessionSettings settings) {
        byte[] file = read(onnx);
        String digest = ContentDigest.of(file).hex();
        if (!digest.equals(card.sha256())) {
            throw new ModelUnusable(onnx, "SHA-256 " + digest + " (expected: " + card.sha256() + ", as its card says)");
        }
        int largest = settings.batchSizes().getLast();
        if (largest > card.maxBatch()) {
            throw new ModelUnusable(
                    onnx, "batch size " + largest + " (expected: at most " + card.maxBatch() + ", as its card says)");
        }
        List<String> passedOver = new ArrayList<>();
        for (ExecutionProvider provider : settings.providers()) {
            List<OnnxSession> sessions = new ArrayList<>();
            try {
                List<Integer> devices = provider == ExecutionProvider.CPU
                        ? List.of(0)
                        : settings.gpu().devices();
                for (int i = 0; i < settings.sessions(); i++) {
                    for (int device : devices) {
                        sessions.add(open(file, onnx, card, provider, device, settings));
                    }
                }
            } catch (ProviderMissing e) {
                sessions.forEach(OnnxSession::close);
                if (!settings.fallback()) {
                    throw new ModelUnusable(
                            "execution provider " + provider + ": " + e.getMessage()
                                    + " (expected: usable, since falling back to another one is not allowed)",
                            e);
                }
                LOG.log(Level.WARNING, "execution provider {0} passed over: {1}", provider, e.getMessage());
                passedOver.add(provider + ": " + e.getMessage());
                continue;
            } catch (RuntimeException e) {
                sessions.forEach(OnnxSession::close);
                throw e;
            }
            LOG.log(
                    Level.INFO,
                    "model {0}@{1} on {2}, ONNX Runtime {3}: {4} sessions of {5} threads, batch sizes {6}",
                    card.name(),
                    Integer.toString(card.version()),
                    provider == ExecutionProvider.CPU
                            ? provider
                            : provider + " " + settings.gpu().devices(),
                    ENVIRONMENT.getVersion(),
                    sessions.size(),
                    settings.intraOpThreads(),
                    settings.batchSizes());
            return new OnnxModel(provider, sessions);
        }
        throw new ModelUnusable(
                "execution providers: none usable (expected: one of " + settings.providers() + "); "
                        + String.join("; ", passedOver),
                null);
    }

    private static byte[] read(Path onnx) {
        try {
            return Files.readAllBytes(onnx);
        } catch (IOException e) {
            throw new UncheckedIOException("model " + onnx + " cannot be read", e);
        }
    }

    private static OnnxSession open(
            byte[] file, Path onnx, ModelCard card, ExecutionProvider provider, int device, SessionSettings settings) {
        OrtSession session;
        try (OrtSession.SessionOptions options = options(provider, device, card, settings)) {
            session = ENVIRONMENT.createSession(file, options);
        } catch (OrtException e) {
            if (provider != ExecutionProvider.CPU) {
                throw new ProviderMissing("GPU " + device + ": " + firstLine(e), e);
            }
            throw new ModelUnusable(onnx, "cannot be loaded: " + firstLine(e), e);
        }
        try {
            checkAgainstCard(onnx, card, session, settings.batchSizes());
            OnnxSession warm = new OnnxSession(ENVIRONMENT, session, card, settings.batchSizes());
            warm.warmUp(onnx);
            return warm;
        } catch (OrtException e) {
            closeQuietly(session);
            throw new ModelUnusable(onnx, "cannot be run: " + firstLine(e), e);
        } catch (RuntimeException e) {
            closeQuietly(session);
            throw e;
        }
    }

    private static void closeQuietly(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            LOG.log(Level.DEBUG, "closing a session that failed to start", e);
        }
    }

    private static OrtSession.SessionOptions options(
            ExecutionProvider provider, int device, ModelCard card, SessionSettings settings) throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        try {
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setIntraOpNumThreads(settings.intraOpThreads());
            options.setInterOpNumThreads(1);
            // Spinning threads burn the cores that decode the next images.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            switch (provider) {
                case TENSORRT -> {
                    requireBuiltIn(OrtProvider.TENSOR_RT);
                    addTensorRt(options, ProviderOptions.tensorRt(settings.gpu(), device, card, settings.batchSizes()));
                    addCuda(options, ProviderOptions.cuda(settings.gpu(), device));
                }
                case CUDA -> {
                    requireBuiltIn(OrtProvider.CUDA);
                    addCuda(options, ProviderOptions.cuda(settings.gpu(), device));
                }
                case CPU -> {}
            }
            return options;
        } catch (OrtException e) {
            options.close();
            throw new ProviderMissing("GPU " + device + ": " + firstLine(e), e);
        } catch (RuntimeException e) {
            options.close();
            throw e;
        }
    }

    private static void addTensorRt(OrtSession.SessionOptions options, Map<String, String> values) throws OrtException {
        try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions()) {
            for (Map.Entry<String, String> value : values.entrySet()) {
                tensorRt.add(value.getKey(), value.getValue());
            }
            options.addTensorrt(tensorRt);
        }
    }

    private static void addCuda(OrtSession.SessionOptions options, Map<String, String> values) throws OrtException {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions()) {
            for (Map.Entry<String, String> value : values.entrySet()) {
                cuda.add(value.getKey(), value.getValue());
            }
            options.addCUDA(cuda);
        }
    }

    private static void requireBuiltIn(OrtProvider provider) {
        if (!OrtEnvironment.getAvailableProviders().contains(provider)) {
            throw new ProviderMissing(
                    "not in this build of ONNX Runtime, which has " + OrtEnvironment.getAvailableProviders()
                            + "; name a folder of its GPU libraries in the system property onnxruntime.native.path",
                    null);
        }
    }

    private static void checkAgainstCard(Path onnx, ModelCard card, OrtSession session, List<Integer> batchSizes)
            throws OrtException {
        ModelCard.Input input = card.input();
        long[] in = shape(onnx, "input", input.name(), OnnxSession.onnxType(input.type()), session.getInputInfo());
        check(onnx, "input", input.name(), in, new long[] {-1, 3, input.height(), input.width()}, batchSizes);
        long[] out = shape(onnx, "output", card.output().name(), OnnxJavaType.FLOAT, session.getOutputInfo());
        check(
                onnx,
                "output",
                card.output().name(),
                out,
                new long[] {-1, card.output().dimension()},
                batchSizes);
        if (session.getInputNames().size() != 1) {
            throw new ModelUnusable(
                    onnx, "inputs " + session.getInputNames() + " (expected: only " + input.name() + ")");
        }
    }

    private static long[] shape(Path onnx, String kind, String name, OnnxJavaType type, Map<String, NodeInfo> nodes) {
        NodeInfo node = nodes.get(name);
        if (node == null) {
            throw new ModelUnusable(onnx, kind + "s " + nodes.keySet() + " (expected: " + name + ", as its card says)");
        }
        if (!(node.getInfo() instanceof TensorInfo tensor) || tensor.type != type) {
            throw new ModelUnusable(
                    onnx, kind + " " + name + " is " + node.getInfo() + " (expected: " + type + ", as its card says)");
        }
        return tensor.getShape();
    }

    /** A dimension of -1 in the graph fits anything; a fixed batch dimension fits only itself. */
    private static void check(
            Path onnx, String kind, String name, long[] found, long[] expected, List<Integer> batchSizes) {
        boolean fits = found.length == expected.length;
        for (int d = 1; fits && d < found.length; d++) {
            fits = found[d] == expected[d] || found[d] < 0;
        }
        if (!fits) {
            throw new ModelUnusable(
                    onnx,
                    kind + " " + name + " of shape " + Arrays.toString(found) + " (expected: "
                            + Arrays.toString(expected) + ", as its card says)");
        }
        if (found[0] >= 0 && !batchSizes.equals(List.of((int) found[0]))) {
            throw new ModelUnusable(
                    onnx, "batch sizes " + batchSizes + " (expected: " + found[0] + ", which is fixed in the model)");
        }
    }

    private static String firstLine(OrtException e) {
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse(message);
    }

    /** What the model runs on. */
    public ExecutionProvider provider() {
        return provider;
    }

    /** As many on each device as configured, warm; whoever takes them closes them. */
    public List<OnnxSession> sessions() {
        return sessions;
    }

    /** The provider that was asked for cannot be used here; another one may. */
    private static final class ProviderMissing extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ProviderMissing(String message, @org.jspecify.annotations.Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
