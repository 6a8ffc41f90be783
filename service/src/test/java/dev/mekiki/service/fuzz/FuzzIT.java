package dev.mekiki.service.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything that reads bytes from outside, on inputs that a fuzzer makes up: a few seconds each, or as long as
 * {@code -Dmekiki.fuzz.seconds} says. What it finds is left in {@code target/fuzz}; inputs worth keeping go to
 * {@code src/test/resources/fuzz}, from where it begins.
 */
class FuzzIT {

    private static final Path INPUTS = Path.of("src", "test", "resources", "fuzz");

    @ParameterizedTest
    @EnumSource
    void inputsOfTheCorpusAreReadOrRefused(Target target) throws IOException {
        List<Path> inputs;
        try (Stream<Path> files = Files.list(INPUTS.resolve(target.folder()))) {
            inputs = files.toList();
        }
        assertThat(inputs).isNotEmpty();
        for (Path input : inputs) {
            target.read(Files.readAllBytes(input));
        }
    }

    @ParameterizedTest
    @EnumSource
    void inputsThatAreMadeUpAreReadOrRefused(Target target) throws Exception {
        int seconds = Integer.getInteger("mekiki.fuzz.seconds", 10);
        Path folder = Path.of("target", "fuzz", target.folder());
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        Path log = folder.resolve("log");
        Process jazzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-XX:+EnableDynamicAgentLoading",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dmekiki.fuzz.target=" + target,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + Fuzzed.class.getName(),
                        "--instrumentation_includes=dev.mekiki.**",
                        "-max_total_time=" + seconds,
                        "-timeout=10",
                        "-rss_limit_mb=3000",
                        "-artifact_prefix=" + folder + "/",
                        corpus.toString(),
                        INPUTS.resolve(target.folder()).toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();

        assertThat(jazzer.waitFor())
                .as("%s; its log:%n%s", target, Files.readString(log))
                .isZero();
        assertThat(Files.readString(log)).as("it has run").containsPattern("Done [1-9][0-9]{2,} runs in");
    }
}
