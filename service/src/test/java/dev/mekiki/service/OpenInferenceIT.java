package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.rpc.ResourceInfo;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.openinference.DataType;
import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.openinference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.mekiki.openinference.InferParameter;
import dev.mekiki.openinference.InferTensorContents;
import dev.mekiki.openinference.ModelConfig;
import dev.mekiki.openinference.ModelConfigRequest;
import dev.mekiki.openinference.ModelInferRequest;
import dev.mekiki.openinference.ModelInferRequest.InferInputTensor;
import dev.mekiki.openinference.ModelInferResponse;
import dev.mekiki.openinference.ModelMetadataRequest;
import dev.mekiki.openinference.ModelMetadataResponse;
import dev.mekiki.openinference.ModelReadyRequest;
import dev.mekiki.openinference.ModelStatistics;
import dev.mekiki.openinference.ModelStatisticsRequest;
import dev.mekiki.openinference.ModelStreamInferResponse;
import dev.mekiki.openinference.RepositoryIndexRequest;
import dev.mekiki.openinference.RepositoryIndexResponse.ModelIndex;
import dev.mekiki.openinference.RepositoryModelLoadRequest;
import dev.mekiki.openinference.RepositoryModelLoadResponse;
import dev.mekiki.openinference.RepositoryModelUnloadRequest;
import dev.mekiki.openinference.RepositoryModelUnloadResponse;
import dev.mekiki.openinference.ServerLiveRequest;
import dev.mekiki.openinference.ServerMetadataRequest;
import dev.mekiki.openinference.ServerReadyRequest;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.RecognitionGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Open Inference Protocol of the packaged service, over the network. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class OpenInferenceIT {

    private static final String MODEL = "documents-lcnet050";
    private static final Path SERVED = Path.of(Objects.requireNonNull(System.getProperty("mekiki.test.model")));
    private static final ModelCard CARD = ModelCard.read(ImageEmbedder.cardOf(SERVED));
    private static final int SIDE = CARD.input().height();

    @TempDir
    static Path shared;

    private static Path repository;
    private static ServiceProcess service;
    private static ManagedChannel channel;
    private static GRPCInferenceServiceBlockingStub models;

    @BeforeAll
    static void start() throws IOException {
        repository = Files.createDirectory(shared.resolve("repository"));
        service = ServiceProcess.ready(
                shared,
                "-Dmekiki.model.repository=" + repository,
                // Hundreds of images at once are asked of a machine that may have other things to do.
                "-Dmekiki.inference.latency-budget=0s");
        channel = service.connect();
        models = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        service.close();
    }

    @Test
    void saysWhatItServes() {
        assertThat(models.serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
                .isTrue();
        assertThat(models.serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
                .isTrue();
        assertThat(isReady(MODEL, "")).isTrue();
        assertThat(isReady(MODEL, "3")).isTrue();
        assertThat(isReady(MODEL, "9")).isFalse();
        assertThat(isReady("nothing", "")).isFalse();
        assertThat(models.serverMetadata(ServerMetadataRequest.getDefaultInstance())
                        .getExtensionsList())
                .containsExactly("model_configuration", "statistics", "model_repository");

        ModelMetadataResponse metadata = models.modelMetadata(
                ModelMetadataRequest.newBuilder().setName(MODEL).build());
        assertThat(metadata.getInputsList())
                .extracting(input -> input.getName() + " " + input.getDatatype() + input.getShapeList())
                .containsExactly("encoded_image BYTES[-1, 1]", "image FP32[-1, 3, 192, 192]");
        assertThat(metadata.getOutputsList())
                .extracting(output -> output.getName() + " " + output.getDatatype() + output.getShapeList())
                .containsExactly("embedding FP32[-1, 256]");

        ModelConfig config = models.modelConfig(
                        ModelConfigRequest.newBuilder().setName(MODEL).build())
                .getConfig();
        assertThat(config.getMaxBatchSize()).isEqualTo(64);
        assertThat(config.getInputList())
                .allSatisfy(input -> assertThat(input.getOptional()).isTrue());
        assertThat(config.getDynamicBatching().getPreferredBatchSizeList()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void filesAndTensorsGiveTheVectorsOfEmbed() {
        List<ByteString> files = List.of(scan(0), scan(1), scan(2));
        List<float[]> expected = files.stream().map(OpenInferenceIT::embedded).toList();
        InferTensorContents.Builder values = InferTensorContents.newBuilder();
        FloatBuffer floats = tensors(files)
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        while (floats.hasRemaining()) {
            values.addFp32Contents(floats.get());
        }

        assertVectors(
                models.modelInfer(
                        request(files(3)).addRawInputContents(elements(files)).build()),
                expected);
        assertVectors(
                models.modelInfer(request(files(3, 1)
                                .setContents(InferTensorContents.newBuilder().addAllBytesContents(files)))
                        .build()),
                expected);
        assertVectors(
                models.modelInfer(
                        request(tensor(3)).addRawInputContents(tensors(files)).build()),
                expected);
        assertVectors(models.modelInfer(request(tensor(3).setContents(values)).build()), expected);
    }

    @Test
    void manyCallersGetTheVectorsOfTheirOwnImages() throws Exception {
        List<ByteString> files = new ArrayList<>();
        List<float[]> expected = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            files.add(scan(i));
            expected.add(embedded(files.get(i)));
        }
        List<CompletableFuture<Outcome<ModelInferResponse>>> answers = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            List<ByteString> two = List.of(files.get(i % 8), files.get((i + 3) % 8));
            answers.add(infer(
                    i % 2 == 0
                            ? request(files(2)).addRawInputContents(elements(two))
                            : request(tensor(2)).addRawInputContents(tensors(two))));
        }
        for (int i = 0; i < 120; i++) {
            assertVectors(answers.get(i).get().good(), List.of(expected.get(i % 8), expected.get((i + 3) % 8)));
        }
    }

    @Test
    void saysWhatIsWrongInStatusesThatClientsKnow() throws Exception {
        Outcome<ModelInferResponse> unknown =
                infer(request(files(1)).setModelName("nothing")).get();
        assertThat(unknown.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(unknown.status().getMessage()).isEqualTo("models/nothing does not exist");
        assertThat(unknown.detail(ResourceInfo.class))
                .hasValueSatisfying(
                        resource -> assertThat(resource.getResourceType()).isEqualTo("mekiki.dev/Model"));
        assertError(
                infer(request(files(1)).setModelVersion("9")),
                Code.NOT_FOUND,
                "models/documents-lcnet050/versions/9 does not exist");
        assertError(
                infer(request(files(3))
                        .addRawInputContents(elements(List.of(scan(0), ByteString.copyFromUtf8("no image"), scan(1))))),
                Code.INVALID_ARGUMENT,
                "encoded_image[1]: ");
        int floats = 3 * SIDE * SIDE * Float.BYTES;
        assertError(
                infer(request(tensor(2)).addRawInputContents(tensors(List.of(scan(0))))),
                Code.INVALID_ARGUMENT,
                "raw_input_contents: " + floats + " bytes (expected: " + 2 * floats + " bytes");
        ByteBuffer poisoned =
                ByteBuffer.allocate(2 * floats).order(ByteOrder.LITTLE_ENDIAN).putFloat(floats, Float.NaN);
        assertError(
                infer(request(tensor(2)).addRawInputContents(ByteString.copyFrom(poisoned.array()))),
                Code.INVALID_ARGUMENT,
                "image[1]: the model makes of it length NaN");
        assertError(
                infer(request(files(1)).addRawInputContents(ByteString.copyFrom(new byte[30 << 20]))),
                Code.INVALID_ARGUMENT,
                "raw_input_contents: a message of more than 23068672 bytes");
        assertThat(service.log()).doesNotContain("\"ERROR\"");
    }

    @Test
    void dropsARequestWhoseOwnTimeIsUp() {
        Outcome<ModelInferResponse> late = infer(request(files(1))
                        .addRawInputContents(elements(List.of(scan(0))))
                        .putParameters(
                                "timeout",
                                InferParameter.newBuilder().setInt64Param(1).build()))
                .join();

        assertThat(late.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(late.status().getMessage()).contains("deadline expired before stage");
    }

    @Test
    void answersAStreamInItsOrderAndTellsOfErrorsWithoutEndingIt() throws Exception {
        List<ModelStreamInferResponse> answers = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> end = new CompletableFuture<>();
        StreamObserver<ModelInferRequest> requests = GRPCInferenceServiceGrpc.newStub(channel)
                .modelStreamInfer(new StreamObserver<>() {
                    @Override
                    public void onNext(ModelStreamInferResponse answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        end.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(null);
                    }
                });
        List<float[]> expected = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ByteString file = i % 10 == 9 ? ByteString.copyFromUtf8("no image") : scan(i % 4);
            expected.add(i % 10 == 9 ? new float[0] : embedded(file));
            requests.onNext(request(files(1))
                    .setId("r" + i)
                    .addRawInputContents(elements(List.of(file)))
                    .build());
        }
        requests.onCompleted();
        end.get(2, TimeUnit.MINUTES);

        assertThat(answers).hasSize(40);
        for (int i = 0; i < 40; i++) {
            ModelStreamInferResponse answer = answers.get(i);
            assertThat(answer.getInferResponse().getId()).isEqualTo("r" + i);
            if (i % 10 == 9) {
                assertThat(answer.getErrorMessage()).startsWith("encoded_image[0]: ");
            } else {
                assertThat(answer.getErrorMessage()).isEmpty();
                assertVectors(answer.getInferResponse(), List.of(expected.get(i)));
            }
        }
    }

    @Test
    void servesAModelThatTakesBytes() throws Exception {
        layBytes("bytes");
        load("bytes").join().good();
        List<ByteString> files = List.of(scan(0), scan(1));
        ModelInferRequest.Builder bytes = request(tensor(2).setName("values").setDatatype("UINT8"))
                .setModelName("bytes")
                .addRawInputContents(values(files));

        assertThat(models.modelMetadata(ModelMetadataRequest.newBuilder()
                                .setName("bytes")
                                .build())
                        .getInputsList())
                .extracting(input -> input.getName() + " " + input.getDatatype() + input.getShapeList())
                .containsExactly("encoded_image BYTES[-1, 1]", "values UINT8[-1, 3, 192, 192]");
        assertThat(models.modelConfig(
                                ModelConfigRequest.newBuilder().setName("bytes").build())
                        .getConfig()
                        .getInput(1)
                        .getDataType())
                .isEqualTo(DataType.TYPE_UINT8);

        // Within what rounding to 8 bits makes of it, the model says what the one says that takes floats.
        List<float[]> expected = files.stream().map(OpenInferenceIT::embedded).toList();
        ModelInferResponse ofFiles = models.modelInfer(request(files(2))
                .setModelName("bytes")
                .addRawInputContents(elements(files))
                .build());
        assertVectors(ofFiles, expected, 0.999);
        assertVectors(models.modelInfer(bytes.build()), vectors(ofFiles), 0.99999);

        assertError(
                infer(request(tensor(2).setName("values")).setModelName("bytes").addRawInputContents(tensors(files))),
                Code.INVALID_ARGUMENT,
                "inputs.datatype: \"FP32\" (expected: UINT8, the type of values)");
        unload("bytes").join().good();
    }

    @Test
    void countsWhatAModelDoes() throws IOException {
        lay("counted", "counted", 1);
        load("counted").join().good();

        models.modelInfer(request(files(2))
                .setModelName("counted")
                .addRawInputContents(elements(List.of(scan(0), scan(1))))
                .build());
        models.modelInfer(request(tensor(1))
                .setModelName("counted")
                .addRawInputContents(tensors(List.of(scan(0))))
                .build());
        var _ = infer(request(files(1)).setModelName("counted")).join();

        ModelStatistics counted = models.modelStatistics(
                        ModelStatisticsRequest.newBuilder().setName("counted").build())
                .getModelStats(0);
        assertThat(counted.getVersion()).isEqualTo("1");
        assertThat(counted.getInferenceCount()).isEqualTo(3);
        assertThat(counted.getExecutionCount()).isBetween(2L, 3L);
        assertThat(counted.getInferenceStats().getSuccess().getCount()).isEqualTo(2);
        assertThat(counted.getInferenceStats().getFail().getCount()).isEqualTo(1);
        assertThat(counted.getInferenceStats().getComputeInput().getNs()).isPositive();
        assertThat(counted.getInferenceStats().getComputeInfer().getNs())
                .isPositive()
                .isLessThan(counted.getInferenceStats().getSuccess().getNs());
        assertThat(counted.getBatchStatsList().stream()
                        .mapToLong(batch ->
                                batch.getBatchSize() * batch.getComputeInfer().getCount())
                        .sum())
                .isEqualTo(3);
        assertThat(counted.getLastInference())
                .isCloseTo(System.currentTimeMillis(), within(TimeUnit.MINUTES.toMillis(3)));
        assertThat(models.modelStatistics(ModelStatisticsRequest.getDefaultInstance())
                        .getModelStatsList())
                .extracting(ModelStatistics::getName)
                .contains("counted", MODEL);
        assertThat(service.get("/q/metrics").body())
                .contains(
                        "mekiki_call_seconds_count{method=\"inference.GRPCInferenceService/ModelInfer\",status=\"OK\"}");
    }

    @Test
    void loadsModelsAndRetiresThemWhileOthersAreAsked() throws Exception {
        lay("next", MODEL, 4);
        Files.copy(repository.resolve("next.onnx"), repository.resolve("torn.onnx"));
        Files.copy(ImageEmbedder.cardOf(repository.resolve("next.onnx")), repository.resolve("torn.json"));
        Files.write(repository.resolve("torn.onnx"), new byte[] {1, 2, 3});
        rename("torn", "torn", 1);
        assertThat(index()).contains(MODEL + " 3 READY", MODEL + " 4 UNAVAILABLE", "torn 1 UNAVAILABLE");
        List<ByteString> one = List.of(scan(0));
        ModelInferRequest newest =
                request(files(1)).addRawInputContents(elements(one)).build();
        assertThat(models.modelInfer(newest).getModelVersion()).isEqualTo("3");

        List<CompletableFuture<Outcome<ModelInferResponse>>> meanwhile = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            meanwhile.add(infer(newest.toBuilder()));
        }
        CompletableFuture<Outcome<RepositoryModelLoadResponse>> loaded = load(MODEL + "@4");
        loaded.get().good();
        assertThat(models.modelInfer(newest).getModelVersion()).isEqualTo("4");
        assertVectors(models.modelInfer(newest.toBuilder().setModelVersion("3").build()), List.of(embedded(scan(0))));
        assertThat(models.modelMetadata(
                                ModelMetadataRequest.newBuilder().setName(MODEL).build())
                        .getVersionsList())
                .containsExactly("4", "3");
        assertThat(RecognitionGrpc.newBlockingStub(channel)
                        .embed(EmbedRequest.newBuilder()
                                .setImage(scan(0))
                                .setModel(MODEL + "@4")
                                .build())
                        .getEmbedding()
                        .getValuesCount())
                .isEqualTo(256);
        assertThat(service.get("/q/metrics").body()).contains("model=\"documents-lcnet050@4\"");

        assertError(load("torn"), Code.FAILED_PRECONDITION, "models/torn@1: SHA-256 ");
        assertError(load("nothing"), Code.NOT_FOUND, "models/nothing does not exist");
        assertError(unload(MODEL), Code.FAILED_PRECONDITION, "models/documents-lcnet050@3: named by mekiki.model.path");

        for (int i = 0; i < 100; i++) {
            meanwhile.add(infer(newest.toBuilder()));
        }
        unload(MODEL + "@4").get().good();
        assertThat(index()).contains(MODEL + " 3 READY", MODEL + " 4 UNAVAILABLE");
        assertThat(models.modelInfer(newest).getModelVersion()).isEqualTo("3");
        assertError(
                infer(newest.toBuilder().setModelVersion("4")),
                Code.NOT_FOUND,
                "models/documents-lcnet050/versions/4 does not exist");
        for (CompletableFuture<Outcome<ModelInferResponse>> outcome : meanwhile) {
            assertThat(outcome.get().code())
                    .as(outcome.get().status().toString())
                    .isIn(Code.OK, Code.UNAVAILABLE);
        }
        assertThat(meanwhile.stream().filter(outcome -> outcome.join().isOk()).count())
                .isGreaterThan(150);
        assertThat(service.get("/q/metrics").body()).doesNotContain("model=\"documents-lcnet050@4\"");
    }

    private static boolean isReady(String name, String version) {
        return models.modelReady(ModelReadyRequest.newBuilder()
                        .setName(name)
                        .setVersion(version)
                        .build())
                .getReady();
    }

    /** The same weights fed with other colours: another model, as far as anybody can tell. */
    private static void lay(String file, String name, int version) throws IOException {
        Files.copy(SERVED, repository.resolve(file + ".onnx"));
        rename(file, name, version);
    }

    private static void rename(String file, String name, int version) {
        ModelCard.Input input = CARD.input();
        new ModelCard(
                        name,
                        version,
                        CARD.sha256(),
                        new ModelCard.Input(
                                input.name(),
                                input.height(),
                                input.width(),
                                ModelCard.ChannelOrder.BGR,
                                input.mean(),
                                input.std()),
                        CARD.output(),
                        CARD.maxBatch(),
                        CARD.calibration(),
                        CARD.provenance())
                .write(repository.resolve(file + ".json"));
    }

    /** The served model with its normalisation, a division by 255, in the graph. */
    private static void layBytes(String name) throws IOException {
        ModelProto served = ModelProto.parseFrom(Files.readAllBytes(SERVED));
        GraphProto.Builder graph = served.getGraph().toBuilder();
        ValueInfoProto.Builder input = graph.getInputBuilder(0).setName("values");
        input.getTypeBuilder().getTensorTypeBuilder().setElemType(TensorProto.DataType.UINT8.getNumber());
        graph.addInitializer(TensorProto.newBuilder()
                .setName("most")
                .setDataType(TensorProto.DataType.FLOAT.getNumber())
                .addFloatData(255));
        graph.addNode(
                0,
                NodeProto.newBuilder()
                        .setOpType("Cast")
                        .addInput("values")
                        .addOutput("cast")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("to")
                                .setType(AttributeProto.AttributeType.INT)
                                .setI(TensorProto.DataType.FLOAT.getNumber())));
        graph.addNode(
                1,
                NodeProto.newBuilder()
                        .setOpType("Div")
                        .addInput("cast")
                        .addInput("most")
                        .addOutput(CARD.input().name()));
        byte[] model = served.toBuilder().setGraph(graph).build().toByteArray();
        Files.write(repository.resolve(name + ".onnx"), model);
        new ModelCard(
                        name,
                        1,
                        ContentDigest.of(model).hex(),
                        ofBytes(),
                        CARD.output(),
                        CARD.maxBatch(),
                        CARD.calibration(),
                        CARD.provenance())
                .write(repository.resolve(name + ".json"));
    }

    private static ModelCard.Input ofBytes() {
        ModelCard.Input input = CARD.input();
        return new ModelCard.Input(
                "values",
                ModelCard.ElementType.UINT8,
                input.height(),
                input.width(),
                input.oversampling(),
                input.channelOrder(),
                input.mean(),
                input.std());
    }

    private static List<String> index() {
        return models.repositoryIndex(RepositoryIndexRequest.getDefaultInstance()).getModelsList().stream()
                .map((ModelIndex line) -> line.getName() + " " + line.getVersion() + " " + line.getState())
                .toList();
    }

    private static CompletableFuture<Outcome<RepositoryModelLoadResponse>> load(String model) {
        return Outcome.of(caller -> GRPCInferenceServiceGrpc.newStub(channel)
                .repositoryModelLoad(
                        RepositoryModelLoadRequest.newBuilder()
                                .setModelName(model)
                                .build(),
                        caller));
    }

    private static CompletableFuture<Outcome<RepositoryModelUnloadResponse>> unload(String model) {
        return Outcome.of(caller -> GRPCInferenceServiceGrpc.newStub(channel)
                .repositoryModelUnload(
                        RepositoryModelUnloadRequest.newBuilder()
                                .setModelName(model)
                                .build(),
                        caller));
    }

    private static CompletableFuture<Outcome<ModelInferResponse>> infer(ModelInferRequest.Builder request) {
        return Outcome.of(caller -> GRPCInferenceServiceGrpc.newStub(channel).modelInfer(request.build(), caller));
    }

    private static ModelInferRequest.Builder request(InferInputTensor.Builder input) {
        return ModelInferRequest.newBuilder().setModelName(MODEL).setId("7").addInputs(input);
    }

    private static InferInputTensor.Builder files(long... shape) {
        return InferInputTensor.newBuilder()
                .setName("encoded_image")
                .setDatatype("BYTES")
                .addAllShape(Arrays.stream(shape).boxed().toList());
    }

    private static InferInputTensor.Builder tensor(long images) {
        return InferInputTensor.newBuilder()
                .setName("image")
                .setDatatype("FP32")
                .addAllShape(List.of(images, 3L, (long) SIDE, (long) SIDE));
    }

    /** Each after its length. */
    private static ByteString elements(List<ByteString> files) {
        ByteString all = ByteString.EMPTY;
        for (ByteString file : files) {
            byte[] length = ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(file.size())
                    .array();
            all = all.concat(ByteString.copyFrom(length)).concat(file);
        }
        return all;
    }

    /** What the service makes of files before the model sees them. */
    private static ByteString tensors(List<ByteString> files) {
        return preprocessed(files, CARD.input());
    }

    /** The same for a model that takes bytes. */
    private static ByteString values(List<ByteString> files) {
        return preprocessed(files, ofBytes());
    }

    private static ByteString preprocessed(List<ByteString> files, ModelCard.Input input) {
        Preprocessor preprocessor = Preprocessor.of(input);
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, input.leastDecodedSide());
        ByteString all = ByteString.EMPTY;
        for (ByteString file : files) {
            ByteBuffer bytes = ByteBuffer.allocate(preprocessor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            try (DecodedImage pixels = decoder.decode(file.toByteArray())) {
                preprocessor.write(pixels.bgr(), pixels.extent(), bytes);
            }
            all = all.concat(ByteString.copyFrom(bytes.array()));
        }
        return all;
    }

    private static ByteString scan(int number) {
        return Documents.scan(SampleCatalogue.registered().get(number), 480);
    }

    /** What {@code mekiki.v1} makes of a file. */
    private static float[] embedded(ByteString file) {
        List<Float> values = RecognitionGrpc.newBlockingStub(channel)
                .embed(EmbedRequest.newBuilder()
                        .setImage(file)
                        .setModel(MODEL + "@3")
                        .build())
                .getEmbedding()
                .getValuesList();
        float[] vector = new float[values.size()];
        for (int d = 0; d < vector.length; d++) {
            vector[d] = values.get(d);
        }
        return vector;
    }

    private static void assertVectors(ModelInferResponse response, List<float[]> expected) {
        assertVectors(response, expected, 0.99999);
    }

    private static List<float[]> vectors(ModelInferResponse response) {
        FloatBuffer values = response.getRawOutputContents(0)
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        List<float[]> vectors = new ArrayList<>();
        while (values.hasRemaining()) {
            float[] vector = new float[256];
            values.get(vector);
            vectors.add(vector);
        }
        return vectors;
    }

    private static void assertVectors(ModelInferResponse response, List<float[]> expected, double leastCosine) {
        assertThat(response.getOutputsList()).singleElement().satisfies(output -> {
            assertThat(output.getName()).isEqualTo("embedding");
            assertThat(output.getDatatype()).isEqualTo("FP32");
            assertThat(output.getShapeList()).containsExactly((long) expected.size(), 256L);
        });
        List<float[]> found = vectors(response);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            double cosine = 0;
            for (int d = 0; d < 256; d++) {
                cosine += found.get(i)[d] * expected.get(i)[d];
            }
            assertThat(cosine).isGreaterThan(leastCosine);
        }
    }

    private static void assertError(CompletableFuture<? extends Outcome<?>> outcome, Code code, String message)
            throws Exception {
        assertThat(outcome.get().code()).as(outcome.get().status().toString()).isEqualTo(code);
        assertThat(outcome.get().status().getMessage()).startsWith(message);
    }
}
