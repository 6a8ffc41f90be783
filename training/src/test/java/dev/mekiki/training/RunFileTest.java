package dev.mekiki.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.training.engine.HeadSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFileTest {

    @TempDir
    private Path folder;

    @Test
    void keysLeftOutHaveTheValuesOfThePublishedRun() throws IOException {
        RunFile run = read("""
                data: {folder: pictures}
                recipe:
                  schedule:
                    learningRate: 1e-3
                    images: 4000
                  head: {kind: ARCFACE, margin: 0.5}
                """);
        assertThat(run.data().folder()).isEqualTo("pictures");
        assertThat(run.recipe().schedule().learningRate()).isEqualTo(1e-3);
        assertThat(run.recipe().head().kind()).isEqualTo(HeadSettings.Kind.ARCFACE);
        assertThat(run.recipe().head().scale())
                .isEqualTo(Recipe.documents().head().scale());
        assertThat(run.recipe().optimiser()).isEqualTo(Recipe.documents().optimiser());
    }

    @Test
    void anEmptyFileIsThePublishedRun() throws IOException {
        assertThat(read("").recipe()).isEqualTo(Recipe.documents());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "models/documents-lcnet050.yaml",
                "docs/runs/cifar10-contrastive.yaml",
                "docs/runs/cifar10-supervised.yaml"
            })
    void committedRunsCanBeRead(String file) throws IOException {
        assertThat(RunFile.read(Path.of("..").resolve(file)).recipe()).isNotEqualTo(Recipe.documents());
    }

    @Test
    void comesBackFromItsYaml() throws IOException {
        RunFile run = RunFile.documents("pictures", "runs/a");
        assertThat(read(run.toYaml())).isEqualTo(run);
        assertThat(Recipe.documents().with(run.recipe().toJson())).isEqualTo(run.recipe());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    recipe: {head: {mrgin: 0.5}}      | recipe.head.mrgin: an unknown key (expected: one of kind, scale, firstScale
                    trecipe: {}                       | trecipe: an unknown key (expected: one of data, run, model, teacher, start, recipe)
                    recipe: {head: {margin: high}}    | recipe.head.margin: "high" (expected: a number)
                    recipe: {head: {margin: 1.5}}     | recipe.head.margin: 1.5 (expected: 0.0..1.0)
                    recipe: {head: {kind: SPHERE}}    | recipe.head.kind: SPHERE (expected: one of [SOFTMAX, COSFACE, ARCFACE, ADAFACE])
                    recipe: {head: 3}                 | recipe.head: 3 (expected: keys with values)
                    recipe: {schedule: {parts: 1.5}}  | recipe.schedule.parts: 1.5 (expected: a whole number)
                    recipe: {schedule: {images:}}     | recipe.schedule.images: nothing (expected: a whole number)
                    recipe: {schedule: {partSize: 3}} | recipe.schedule.partSize: 3 (expected: even
                    recipe: {network: {inputSize: 100}} | recipe.network.inputSize: 100 (expected: 32..512, a multiple of 64)
                    recipe: {network: {inputSize: 48, cropSize: 0}} | recipe.network.inputSize: 48 (expected: 32..512, a multiple of 32)
                    recipe: {network: {cropSize: 40}} | recipe.network.cropSize: 40 (expected: 32..512, a multiple of 16)
                    recipe: {localiser: {learningRate: 0}} | recipe.localiser.learningRate: 0
                    recipe: {clusters: {marginSpread: 0.4}} | recipe.clusters.marginSpread: 0.4 (expected: at most head.margin, 0.35
                    recipe: {classes: {mixture: {upright: 0.9}}} | recipe.classes.mixture.upright, turned, parts, collaged: 1.42
                    recipe: {head: {margin: 0.1, margin: 0.2}} | Duplicate
                    model: {version: 0}               | model.version: 0
                    teacher: t.onnx                   | teacher: "t.onnx" (expected: nothing, or recipe.distillation.weight above 0)
                    recipe: {distillation: {weight: 1}} | teacher: "" (expected: an ONNX file
                    recipe: {earlyStopping: {labels: 8, everyImages: 5}} | recipe.earlyStopping.everyImages: 5 (expected: at least a batch
                    """)
    void saysWhichKeyIsWrongWhatItFoundAndWhatItExpected(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageStartingWith(folder.resolve("run.yaml").toString());
    }

    private RunFile read(String yaml) throws IOException {
        return RunFile.read(Files.writeString(folder.resolve("run.yaml"), yaml));
    }
}
