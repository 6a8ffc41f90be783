package dev.mekiki.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.cli.archive.WrittenArchives;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MekikiTest {

    @TempDir
    Path folder;

    private final StringWriter told = new StringWriter();

    @Test
    void tellsWhichOptionIsMissing() {
        assertThat(run("import", folder.toString())).isEqualTo(2);
        assertThat(told).asString().contains("Missing required option: '--gallery=GALLERY'");
    }

    @Test
    void tellsThatTheSourceIsNotThere() {
        assertThat(run("import", folder.resolve("none").toString(), "--gallery", "g"))
                .isEqualTo(2);
        assertThat(told).asString().contains("none does not exist");
    }

    @Test
    void tellsThatTheFolderHoldsNoImages() {
        assertThat(run("import", folder.toString(), "--gallery", "g")).isEqualTo(2);
        assertThat(told).asString().contains("holds no images (expected: main/image.jpg or main/sub/image.jpg)");
    }

    @Test
    void tellsWhatAGalleryMayBeCalled() throws IOException {
        image();
        assertThat(run("import", folder.toString(), "--gallery", "My Gallery")).isEqualTo(2);
        assertThat(told).asString().contains("--gallery: \"My Gallery\" (expected: 1..63 lower-case letters");
    }

    @Test
    void tellsWhatATargetLooksLike() throws IOException {
        String file = image().toString();
        assertThat(run("recognise", file, "--gallery", "g", "--target", "http://localhost:9000"))
                .isEqualTo(2);
        assertThat(told).asString().contains("--target: \"http://localhost:9000\" (expected: host:port)");
    }

    @Test
    void tellsThatAConversionHasNothingToChange() {
        assertThat(run("convert", "m.onnx", "--name", "n", "--to", folder.toString()))
                .isEqualTo(2);
        assertThat(told)
                .asString()
                .contains("nothing to change (expected: --float16, --float16-weights or --int8, --byte-input)");
    }

    @Test
    void tellsThatAModelHasOnePrecision() {
        assertThat(run("convert", "m.onnx", "--name", "n", "--to", folder.toString(), "--float16", "--int8", "images"))
                .isEqualTo(2);
        assertThat(told).asString().contains("--float16", "--int8=IMAGES", "are mutually exclusive");
    }

    @Test
    void tellsTheRangeOfANumber() throws IOException {
        image();
        assertThat(run("import", folder.toString(), "--gallery", "g", "--in-flight", "0"))
                .isEqualTo(2);
        assertThat(told).asString().contains("--in-flight: 0 (expected: 1..256)");
    }

    @Test
    void tellsWhatASourceMayBe() throws IOException {
        Path file = Files.writeString(folder.resolve("list.txt"), "a");
        assertThat(run("import", file.toString(), "--gallery", "g")).isEqualTo(2);
        assertThat(told).asString().contains("list.txt (expected: a folder, a .csv or a .parquet file)");
    }

    @Test
    void tellsHowManyLabelsAnActionTakes() {
        assertThat(run("labels", "--gallery", "g", "move", "a")).isEqualTo(2);
        assertThat(told).asString().contains("LABEL: 1 (expected: 2)");
    }

    @Test
    void tellsWhatEmbeddingAnewNeeds() {
        assertThat(run("reembed", "--from", "g")).isEqualTo(2);
        assertThat(told).asString().contains("Missing required option: '--to=GALLERY'");
        assertThat(run("reembed", "--from", "g", "--to", "New Gallery")).isEqualTo(2);
        assertThat(told).asString().contains("--to: \"New Gallery\" (expected: 1..63 lower-case letters");
        assertThat(run("reembed", "--from", "g", "--to", "h", "--step", "1001")).isEqualTo(2);
        assertThat(told).asString().contains("--step: 1001 (expected: 1..1000)");
    }

    @Test
    void tellsWhichOptionsOfAnEvaluationGoTogether() {
        String images = folder.toString();
        assertThat(run("evaluate", images, "--gallery", "g")).isEqualTo(2);
        assertThat(told).asString().contains("--gallery: \"g\" (expected: with --target");
        assertThat(run("evaluate", images, "--target", "localhost:9000", "--model", "m.onnx"))
                .isEqualTo(2);
        assertThat(told).asString().contains("--model, --target: both (expected: one of them");
        assertThat(run("evaluate", images, "--target", "localhost:9000", "--speed"))
                .isEqualTo(2);
        assertThat(told).asString().contains("--speed, --target: both");
        assertThat(run("evaluate", images, "--draws", "10")).isEqualTo(2);
        assertThat(told).asString().contains("--draws: 10 (expected: 0 or 100..100000)");
        assertThat(run("evaluate", images, "--concentration", "--speed")).isEqualTo(2);
        assertThat(told).asString().contains("--concentration: with --compare, --gallery or --speed");
    }

    @Test
    void tellsThatThereIsNothingToMeasureWith() {
        assertThat(run("evaluate", folder.toString())).isEqualTo(1);
        assertThat(told).asString().contains("0 labels (expected: at least 2 images or folders)");
    }

    @Test
    void tellsThatAFileIsNoArchive() throws IOException {
        Path file = Files.writeString(folder.resolve("a.parquet"), "a");
        assertThat(run("restore", file.toString(), "--gallery", "g")).isEqualTo(1);
        assertThat(told).asString().contains("no Parquet file, or damaged");
    }

    @Test
    void doesNotOverwriteAnExport() throws IOException {
        Path file = Files.writeString(folder.resolve("a.parquet"), "a");
        assertThat(run("export", file.toString(), "--gallery", "g")).isEqualTo(2);
        assertThat(told).asString().contains("a.parquet exists already");
    }

    @Test
    void tellsInOneLineThatNoServiceIsThere() throws IOException {
        image();
        // Nobody can listen on port 0.
        assertThat(run("import", folder.toString(), "--gallery", "g", "--target", "127.0.0.1:0", "--timeout", "20"))
                .isEqualTo(1);
        assertThat(told.toString().lines())
                .singleElement()
                .asString()
                .startsWith("mekiki: the service refused: UNAVAILABLE");
    }

    @Test
    void tellsWhatATrainingNeeds() throws IOException {
        assertThat(run("train")).isEqualTo(2);
        assertThat(told).asString().contains("FILE or FOLDER: none (expected: one, or --print-run)");
        assertThat(run("train", folder.toString())).isEqualTo(2);
        assertThat(told).asString().contains("--run: none (expected: a folder for the run on");
        assertThat(run("train", folder.toString(), "--run", "r", "--data", "d")).isEqualTo(2);
        assertThat(told).asString().contains("--data: d (expected: none, as");
        Path file = Files.writeString(folder.resolve("run.yaml"), "recipe: {head: {mrgin: 1}}");
        assertThat(run("train", file.toString())).isEqualTo(1);
        assertThat(told).asString().contains("run.yaml: recipe.head.mrgin: an unknown key (expected: one of kind,");
    }

    @Test
    void tellsWhichVariationsThereAre() {
        assertThat(run("ablate", folder.toString(), "--runs", "r", "--only", "cosface,spherical"))
                .isEqualTo(2);
        assertThat(told).asString().contains("--only: \"spherical\" (expected: of cosface, softmax, arcface");
    }

    @Test
    void tellsWhereImagesAreKept() {
        assertThat(run("lay-out", "g.parquet", "--images", folder.toString(), "--to", "t"))
                .isEqualTo(2);
        assertThat(told).asString().contains("(expected: a folder in which a service keeps images)");
    }

    private Path image() throws IOException {
        Path file = folder.resolve("passport").resolve("a.jpg");
        Files.createDirectories(folder.resolve("passport"));
        return Files.writeString(file, "a");
    }

    @Test
    void analysesAnExportedGallery() throws Exception {
        Path file = folder.resolve("g.parquet");
        WrittenArchives.withOneSwapped(file, 30);
        Path page = folder.resolve("g.html");
        Path json = folder.resolve("g.json");
        assertThat(run("analyse", file.toString(), "--html", page.toString(), "--json", json.toString()))
                .isZero();
        assertThat(page).content().contains("Analysis of galleries/g");
        assertThat(json).content().contains("\"findings\"");
        assertThat(run("analyse", file.toString(), "--images", folder.toString()))
                .isEqualTo(2);
        assertThat(told).asString().contains("expected: a folder in which a service keeps images");
        assertThat(run("analyse", file.toString(), "--false-accept-rate", "1")).isEqualTo(2);
        assertThat(told).asString().contains("--false-accept-rate: 1.0 (expected: between 0 and 1, exclusive)");
    }

    private int run(String... arguments) {
        CommandLine commandLine = Mekiki.commandLine();
        commandLine.setErr(new PrintWriter(told));
        return commandLine.execute(arguments);
    }
}
