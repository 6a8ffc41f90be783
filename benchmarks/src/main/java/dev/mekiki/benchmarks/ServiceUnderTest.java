package dev.mekiki.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.benchmarks.load.Workload;
import dev.mekiki.benchmarks.vitals.ServiceVitals;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.cli.process.ServiceProcess;
import dev.mekiki.client.Connection;
import dev.mekiki.samples.Photographer;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.EmbedResponse;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.Registration;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A service in a process of its own, with a small gallery, and a look into it. */
final class ServiceUnderTest implements AutoCloseable {

    private static final String GALLERY = "galleries/bench";
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);

    /** Batches of other sizes round differently, by far less than this; another image's vector is further away. */
    private static final double SAME_VECTOR = 0.9999;

    /** What is served and how; the same for every benchmark of the service. */
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    static final class Options {

        @Option(
                names = "--model",
                paramLabel = "FILE",
                description = "An ONNX file with its card beside it, or \"heavy\": the size of ResNet-50, with random"
                        + " weights. Left out: the model of the project.")
        private @Nullable String model;

        @Option(names = "-D", paramLabel = "KEY=VALUE", description = "A property of the service.")
        private Map<String, String> settings = new LinkedHashMap<>();

        @Option(
                names = "--service-cpus",
                paramLabel = "LIST",
                description =
                        "Processors that the service may use, as taskset takes them; run the benchmark itself under"
                                + " taskset on others, and callers cost the service nothing. Left out: all.")
        private @Nullable String serviceCpus;

        Path onnx(Installation installation) throws IOException {
            if (model == null) {
                return installation.model();
            }
            return model.equals("heavy")
                    ? HeavyModel.in(installation.root().resolve(Path.of("target", "bench", "models")))
                    : Path.of(model).toAbsolutePath();
        }

        Map<String, String> settings() {
            return settings;
        }

        List<String> launcher() {
            return serviceCpus == null ? List.of() : List.of("taskset", "-c", serviceCpus);
        }
    }

    private final ServiceProcess process;
    private final ServiceVitals vitals;

    private ServiceUnderTest(ServiceProcess process, ServiceVitals vitals) {
        this.process = process;
        this.vitals = vitals;
    }

    /**
     * Starts it, and returns when it serves and its gallery is filled.
     *
     * @param defaults settings for those that the options do not have
     */
    static ServiceUnderTest start(
            Installation installation,
            Path onnx,
            List<String> jvmOptions,
            Options options,
            Map<String, String> defaults) {
        Map<String, String> settings = new LinkedHashMap<>(defaults);
        settings.put("mekiki.model.path", onnx.toString());
        settings.putAll(options.settings());
        ServiceProcess process =
                ServiceProcess.start(installation, options.launcher(), jvmOptions, settings, CALL_TIMEOUT);
        try {
            process.awaitServing(START_LIMIT);
            register(process.connection());
            return new ServiceUnderTest(process, ServiceVitals.of(process.handle(), process.metrics()));
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    ServiceVitals vitals() {
        return vitals;
    }

    int grpcPort() {
        return process.grpcPort();
    }

    /** Id of the model that is served. */
    String model() {
        return process.connection()
                .galleries()
                .getGallery(GetGalleryRequest.newBuilder().setName(GALLERY).build())
                .getEmbeddingSpace()
                .getModelId();
    }

    /** {@code Embed} for each of the images; an answer must be the vector that the image had when it came alone. */
    Workload embed(List<byte[]> images) {
        List<EmbedRequest> requests = images.stream()
                .map(image -> EmbedRequest.newBuilder().setImage(wrapped(image)).build())
                .toList();
        List<Embedding> alone = requests.stream()
                .map(request ->
                        process.connection().recognition().embed(request).getEmbedding())
                .toList();
        return new Workload(
                RecognitionGrpc.getEmbedMethod().getFullMethodName(),
                requests.stream().map(EmbedRequest::toByteArray).toList(),
                Status.Code.OK,
                (request, answer) -> {
                    double cosine = cosine(alone.get(request), embedding(answer));
                    if (!(cosine >= SAME_VECTOR)) {
                        throw new IllegalStateException("image " + request + ": cosine " + cosine
                                + " with its own vector (expected: at least " + SAME_VECTOR + ")");
                    }
                });
    }

    /** {@code Recognize} for each of the images; an answer must be the one that the image had when it came alone. */
    Workload recognize(List<byte[]> images) {
        List<RecognizeRequest> requests = images.stream()
                .map(image -> RecognizeRequest.newBuilder()
                        .setGallery(GALLERY)
                        .setImage(wrapped(image))
                        .build())
                .toList();
        List<String> alone = requests.stream()
                .map(request -> label(process.connection().recognition().recognize(request)))
                .toList();
        return new Workload(
                RecognitionGrpc.getRecognizeMethod().getFullMethodName(),
                requests.stream().map(RecognizeRequest::toByteArray).toList(),
                Status.Code.OK,
                (request, answer) -> {
                    String label = label(recognition(answer));
                    if (!label.equals(alone.get(request))) {
                        throw new IllegalStateException("image " + request + ": " + label + " (expected: "
                                + alone.get(request) + ", as alone)");
                    }
                });
    }

    /** {@code Embed} for files that are cut off in the middle, which the service is to find out. */
    Workload embedBroken(List<byte[]> images) {
        return new Workload(
                RecognitionGrpc.getEmbedMethod().getFullMethodName(),
                images.stream()
                        .map(image -> Arrays.copyOf(image, image.length / 2))
                        .map(half -> EmbedRequest.newBuilder()
                                .setImage(wrapped(half))
                                .build()
                                .toByteArray())
                        .toList(),
                Status.Code.INVALID_ARGUMENT,
                (_, _) -> {});
    }

    private static ByteString wrapped(byte[] image) {
        return UnsafeByteOperations.unsafeWrap(image);
    }

    private static Embedding embedding(byte[] answer) {
        try {
            return EmbedResponse.parseFrom(answer).getEmbedding();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the answer is no EmbedResponse", e);
        }
    }

    private static RecognizeResponse recognition(byte[] answer) {
        try {
            return RecognizeResponse.parseFrom(answer);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the answer is no RecognizeResponse", e);
        }
    }

    private static String label(RecognizeResponse answer) {
        return answer.hasKnown() ? answer.getKnown().getMainLabel() : "unknown";
    }

    private static double cosine(Embedding one, Embedding other) {
        double product = 0;
        for (int i = 0; i < one.getValuesCount() && i < other.getValuesCount(); i++) {
            product += (double) one.getValues(i) * other.getValues(i);
        }
        return product;
    }

    private static void register(Connection connection) {
        connection
                .galleries()
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId(GALLERY.substring(GALLERY.indexOf('/') + 1))
                        .build());
        for (SampleDocument document : SampleCatalogue.registered()) {
            try (Mat drawn = SampleCatalogue.draw(document, 640)) {
                connection
                        .registrations()
                        .createRegistration(CreateRegistrationRequest.newBuilder()
                                .setParent(GALLERY)
                                .setRegistration(Registration.newBuilder().setLabel(document.labelPath()))
                                .setImage(wrapped(Photographer.encodeJpeg(drawn, 95)))
                                .build());
            }
        }
    }

    @Override
    public void close() {
        vitals.close();
        process.close();
    }
}
