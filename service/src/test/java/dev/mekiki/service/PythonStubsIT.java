package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/calling.md says to Python, against the packaged service. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PythonStubsIT {

    private static final Path PAGE = Path.of("..", "docs", "calling.md");
    private static final Path PROTO = Path.of("..", "proto", "src", "main", "proto");
    private static final String PYTHON = System.getProperty("mekiki.test.python", "");

    @TempDir
    private Path folder;

    @Test
    void theExampleOfThePageRecognisesWhatItRegistered() throws Exception {
        assumeThat(PYTHON).as("a Python with grpcio-tools").isNotEmpty();
        SampleDocument document = SampleCatalogue.registered().getFirst();
        Files.write(folder.resolve("card.jpg"), Documents.scan(document, 700).toByteArray());
        Files.write(
                folder.resolve("photo.jpg"), Documents.photograph(document, 1).toByteArray());
        run("bash", "-c", block("sh").replace("python3", '"' + PYTHON + '"'));
        try (ServiceProcess service = ServiceProcess.ready(folder)) {
            assertThat(run(PYTHON, "-c", block("python").replace("127.0.0.1:9000", service.address())))
                    .isEqualTo("library-card / first-generation\n");
        }
    }

    private static String block(String language) throws IOException {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    /** What a command printed that ended well. */
    private String run(String... command) throws Exception {
        Path output = Files.createTempFile(folder, "output", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("PROTO", PROTO.toAbsolutePath().toString());
        Process process = builder.redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readString(output);
    }
}
