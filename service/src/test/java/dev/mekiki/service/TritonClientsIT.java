package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.RecognitionGrpc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Triton's own clients, {@code tritonclient} and {@code perf_analyzer}, against the packaged service; also what
 * docs/open-inference.md says about them. {@code ./mekiki test} installs the former; the latter is tried where it is,
 * since it does not run on every system.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TritonClientsIT {

    private static final Path PAGE = Path.of("..", "docs", "open-inference.md");
    private static final Path SERVED = Path.of(Objects.requireNonNull(System.getProperty("mekiki.test.model")));
    private static final String PYTHON = System.getProperty("mekiki.test.python", "");
    private static final String PERF_ANALYZER = System.getProperty("mekiki.test.perf-analyzer", "");
    private static final Pattern PYTHON_BLOCK = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL);
    private static final Pattern COMMAND = Pattern.compile("^ {4}perf_analyzer (.*)$", Pattern.MULTILINE);
    private static final Pattern THROUGHPUT = Pattern.compile("Throughput: ([0-9.]+) infer/sec");

    @TempDir
    static Path folder;

    private static ServiceProcess service;

    @BeforeAll
    static void start() throws IOException {
        assumeThat(PYTHON).as("a Python with tritonclient").isNotEmpty();
        Path repository = Files.createDirectory(folder.resolve("repository"));
        Path third = Files.copy(SERVED, repository.resolve("third.onnx"));
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(SERVED));
        new ModelCard(
                        card.name(),
                        4,
                        card.sha256(),
                        card.input(),
                        card.output(),
                        card.maxBatch(),
                        card.calibration(),
                        card.provenance())
                .write(ImageEmbedder.cardOf(third));
        service = ServiceProcess.ready(folder, "-Dmekiki.model.repository=" + repository);
        for (int i = 0; i < 5; i++) {
            lay(i, card);
        }
        Files.copy(folder.resolve("0.jpg"), folder.resolve("photo.jpg"));
    }

    /** A file, the tensor that it becomes, and the vector that mekiki.v1 makes of it. */
    private static void lay(int number, ModelCard card) throws IOException {
        ByteString file = Documents.scan(SampleCatalogue.registered().get(number), 480);
        Files.write(folder.resolve(number + ".jpg"), file.toByteArray());
        Preprocessor preprocessor = Preprocessor.of(card.input());
        ByteBuffer tensor = ByteBuffer.allocate(preprocessor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        try (DecodedImage pixels =
                new ImageDecoder(ImageLimits.DEFAULT, card.input().leastDecodedSide()).decode(file.toByteArray())) {
            preprocessor.write(pixels.bgr(), pixels.extent(), tensor);
        }
        Files.write(folder.resolve(number + ".tensor"), tensor.array());
        List<Float> values = RecognitionGrpc.newBlockingStub(service.connect())
                .embed(EmbedRequest.newBuilder().setImage(file).build())
                .getEmbedding()
                .getValuesList();
        ByteBuffer vector = ByteBuffer.allocate(values.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        values.forEach(vector::putFloat);
        Files.write(folder.resolve(number + ".vector"), vector.array());
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void tritonclientGetsTheVectorsOfEmbed() throws Exception {
        Path examples = Files.createDirectory(folder.resolve("examples"));
        for (String kind : List.of("jpg", "tensor", "vector")) {
            for (int i = 0; i < 5; i++) {
                Files.copy(folder.resolve(i + "." + kind), examples.resolve(i + "." + kind));
            }
        }

        assertThat(run(
                        PYTHON,
                        Path.of("src/test/python/triton_client.py")
                                .toAbsolutePath()
                                .toString(),
                        service.address(),
                        examples.toString()))
                .contains("tritonclient: all as expected");
        assertThat(service.log()).doesNotContain("\"ERROR\"");
    }

    @Test
    void theExamplesOfThePageRun() throws Exception {
        List<String> blocks = PYTHON_BLOCK
                .matcher(page())
                .results()
                .map(block -> block.group(1))
                .toList();
        assertThat(blocks).hasSize(3);
        List<String> printed = new ArrayList<>();
        for (String block : blocks) {
            printed.add(run(PYTHON, "-c", block));
        }

        assertThat(printed.getFirst()).startsWith("(2, 256) ");
        assertThat(folder.resolve("files.json")).isNotEmptyFile();
        assertThat(folder.resolve("tensors.json")).isNotEmptyFile();
        assertThat(printed.getLast()).contains("('documents-lcnet050', '4', 'READY')");

        List<String> commands = COMMAND.matcher(page())
                .results()
                .map((MatchResult command) -> command.group(1))
                .toList();
        assertThat(commands).hasSize(4);
        assumeThat(PERF_ANALYZER).as("perf_analyzer").isNotEmpty();
        for (String command : commands) {
            List<String> words = new ArrayList<>(List.of(PERF_ANALYZER));
            words.addAll(List.of(command.split(" ")));
            // A fixed number of requests, however unsteady the machine is while it is tested.
            words.addAll(List.of("--request-count", "300"));
            Matcher throughput = THROUGHPUT.matcher(run(words.toArray(String[]::new)));
            assertThat(throughput.find()).as(command).isTrue();
            assertThat(Double.parseDouble(throughput.group(1))).as(command).isPositive();
        }
    }

    private static String page() throws IOException {
        return Files.readString(PAGE).replace("127.0.0.1:9000", service.address());
    }

    /** What a command printed that ended well. */
    private static String run(String... command) throws Exception {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES))
                    .as("ended: " + String.join(" ", command))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as(String.join(" ", command) + "\n" + Files.readString(output))
                .isZero();
        return Files.readString(output);
    }
}
