package dev.mekiki.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.cli.process.Installation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the demo for real, with the packaged service and the committed model. */
class DemoIT {

    @TempDir
    Path folder;

    @Test
    void recognisesPhotographsOfWhatWasRegisteredAndLeavesNothingRunning() throws Exception {
        Path sheet = folder.resolve("sheet.png");
        ByteArrayOutputStream told = new ByteArrayOutputStream();

        Installation installation = Installation.current();
        new Demo(
                        installation,
                        installation.model(),
                        new Demo.Scope(12, 2, 6, 4, 1),
                        sheet,
                        new PrintStream(told, true, StandardCharsets.UTF_8))
                .run();

        String report = told.toString(StandardCharsets.UTF_8);
        // Of 24, half of them hard. How good the model is, is measured elsewhere; answers that were mixed up, or images
        // that were prepared otherwise than in training, would be right once or twice.
        assertThat(count("right main label", report)).as(report).isGreaterThanOrEqualTo(15);
        assertThat(count("wrong main label", report)).as(report).isLessThanOrEqualTo(1);
        assertThat(report).contains("images a second with 4 in flight");
        assertThat(Files.readAllBytes(sheet)).startsWith(0x89, 'P', 'N', 'G');
        assertThat(ProcessHandle.current()
                        .children()
                        .filter(p -> p.info().commandLine().orElse("").contains("quarkus-run.jar")))
                .isEmpty();
    }

    private static int count(String row, String report) {
        Matcher count = Pattern.compile(row + " +([0-9]+) ").matcher(report);
        assertThat(count.find()).as(report).isTrue();
        return Integer.parseInt(count.group(1));
    }
}
