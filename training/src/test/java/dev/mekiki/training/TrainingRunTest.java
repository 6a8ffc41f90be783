package dev.mekiki.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.augment.PhotographSettings;
import dev.mekiki.training.corpus.ClassSettings;
import dev.mekiki.training.corpus.CorpusBuilder;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.engine.ClusterSettings;
import dev.mekiki.training.engine.ContrastSettings;
import dev.mekiki.training.engine.DistillationSettings;
import dev.mekiki.training.engine.Hardware;
import dev.mekiki.training.engine.HeadSettings;
import dev.mekiki.training.engine.OptimiserSettings;
import dev.mekiki.training.export.ModelExport;
import dev.mekiki.training.network.Backbone;
import dev.mekiki.training.network.Neck;
import dev.mekiki.training.network.NetworkSettings;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRunTest {
    private static final Recipe TINY = new Recipe(
            11,
            new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 128, 32, 32),
            new ClassSettings(ClassSettings.Kind.MIXTURE, new CorpusBuilder.Mixture(0, 0, .5, .5, 0, 0), 0),
            new PhotographSettings(PhotographSettings.Kind.PHONE, .3, 1, .5),
            new LocaliserSettings(16, 2e-3),
            new HeadSettings(HeadSettings.Kind.COSFACE, 16, 16, 0, .2, .25, .75, .333, 1, .1),
            new ContrastSettings(ContrastSettings.Kind.PAIRS, 1, .1),
            new ClusterSettings(0, true, 16, 0, .05, 0, .2),
            new DistillationSettings(DistillationSettings.Kind.COSINE, 0, .05),
            new OptimiserSettings(.9, .99, 1e-8, .05, 5, .9),
            new Schedule(32, 2, 4, 1e-3, .1, 2),
            new EarlyStopping(0, 8, 2, .01),
            Hardware.CPU);

    /** All that a checkpoint must keep. */
    private static final Recipe EVERYTHING = TINY.with("""
            head: {kind: ARCFACE, firstScale: 4, fullScaleAt: 0.5, margin: 0.3, marginFrom: 0, marginTo: 0.5, classShare: 0.7}
            contrast: {kind: SUPCON}
            clusters: {marginSpread: 0.1, clusteringWeight: 1, clusteringTemperature: 0.1, aligningWeight: 0.1}
            distillation: {kind: TEMPERATURE, weight: 1}
            earlyStopping: {labels: 4, patience: 10}
            """);

    private static TrainingCorpus corpus;

    @TempDir
    private Path folder;

    @BeforeAll
    static void draw() {
        corpus = Drawings.corpus(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4}) // While the localiser is taught, at the end of that, and after it.
    void aStoppedRunEndsWithTheBitsOfOneThatWasNot(int steps) throws IOException {
        TrainedNetwork through = run("through", TINY, corpus, new ArrayList<>()).run();

        run("stopped", TINY, corpus, new ArrayList<>()).runUntil(steps);
        List<String> lines = new ArrayList<>();
        TrainedNetwork resumed = run("stopped", TINY, corpus, lines).run();

        assertThat(lines.getFirst()).isEqualTo("going on after step " + steps);
        assertThat(lines.getLast()).contains("step 6/6 images 48 loss").contains("0:00:00 left");
        assertThat(resumed.parameters()).isEqualTo(through.parameters());
        assertThat(resumed.statistics()).isEqualTo(through.statistics());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void aStoppedRunThatLearnsOnFromAModelDoesSoToo(int steps) throws IOException {
        Path start = teacher();
        Recipe recipe = TINY.with("network: {dimension: 24, neck: GLOBAL_AVERAGE}");
        onFrom(start, "through", recipe).run();
        onFrom(start, "stopped", recipe).runUntil(steps);
        onFrom(start, "stopped", recipe).run();
        assertThat(folder.resolve("stopped/checkpoint.bin"))
                .hasSameBinaryContentAs(folder.resolve("through/checkpoint.bin"));
        assertThatThrownBy(
                        () -> run("stopped", recipe, corpus, new ArrayList<>()).run())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("trained on data");
    }

    private TrainingRun onFrom(Path start, String name, Recipe recipe) {
        return new TrainingRun(folder.resolve(name), recipe, corpus, null, start, null, CLOCK, l -> {});
    }

    @Test
    void aStoppedRunWithTeacherCentresSampledClassesAndEarlyStoppingDoesSoToo() throws IOException {
        Path teacher = teacher();
        // Of 16 classes a step takes 11, more than its 8 images.
        List<String> all = new ArrayList<>();
        new TrainingRun(
                        folder.resolve("through"),
                        EVERYTHING,
                        corpus,
                        teacher,
                        null,
                        by(.1, .3, .2, .25),
                        CLOCK,
                        all::add)
                .run();
        new TrainingRun(folder.resolve("stopped"), EVERYTHING, corpus, teacher, null, by(.1, .3), CLOCK, l -> {})
                .runUntil(4);
        new TrainingRun(folder.resolve("stopped"), EVERYTHING, corpus, teacher, null, by(.2, .25), CLOCK, l -> {})
                .run();
        assertThat(folder.resolve("stopped/checkpoint.bin"))
                .hasSameBinaryContentAs(folder.resolve("through/checkpoint.bin"));
        assertThat(all).anyMatch(l -> l.contains(" clusters ") && l.contains(" aligning ") && l.contains(" teacher "));
    }

    @Test
    void endsWhenTheFigureNoLongerGrowsAndGivesTheNetworkOfTheBest() throws IOException {
        Recipe stopping = TINY.with("{schedule: {images: 80}, earlyStopping: {labels: 4}}");
        List<TrainedNetwork> seen = new ArrayList<>();
        Iterator<Double> figures = List.of(.5, .7, .705, .6).iterator();
        List<String> lines = new ArrayList<>();
        OpenSetGauge gauge = network -> {
            seen.add(network);
            return figures.next();
        };
        TrainedNetwork best =
                new TrainingRun(folder.resolve("run"), stopping, corpus, null, null, gauge, CLOCK, lines::add).run();
        assertThat(seen).hasSize(4);
        assertThat(best.parameters()).isEqualTo(seen.get(1).parameters());
        assertThat(lines.getLast())
                .isEqualTo("step 6 held-out TPIR@FPIR=1% 0.6000, best 0.7000 of step 4, no gain in 2 measurements:"
                        + " stopping");
        TrainingRun.Snapshot snapshot = TrainingRun.snapshot(folder.resolve("run"));
        assertThat(snapshot.imagesSeen()).isEqualTo(32);
        assertThat(snapshot.network().parameters()).isEqualTo(best.parameters());
        // Started again, it knows that it has ended.
        new TrainingRun(folder.resolve("run"), stopping, corpus, null, null, gauge, CLOCK, lines::add).run();
        assertThat(seen).hasSize(4);
    }

    @Test
    void aFinishedRunIsReadFromItsCheckpoint() throws IOException {
        TrainedNetwork trained = run("run", TINY, corpus, new ArrayList<>()).runUntil(2);
        TrainingRun.Snapshot snapshot = TrainingRun.snapshot(folder.resolve("run"));
        assertThat(snapshot.imagesSeen()).isEqualTo(16);
        assertThat(snapshot.recipe()).isEqualTo(TINY);
        assertThat(snapshot.network().parameters()).isEqualTo(trained.parameters());
        assertThat(folder.resolve("run/events")).isDirectoryContaining("glob:**tfevents*");
    }

    @Test
    void refusesToGoOnWithOtherDataAnotherTeacherOrAnotherRecipe() throws IOException {
        run("run", TINY, corpus, new ArrayList<>()).runUntil(1);
        TrainingCorpus other = new TrainingCorpus(corpus.groups(), "other data");
        assertThatThrownBy(() -> run("run", TINY, other, new ArrayList<>()).run())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other data");
        assertThatThrownBy(() -> run("run", TINY.with("seed: 12"), corpus, new ArrayList<>())
                        .run())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("only the number of images may change");
        assertThatThrownBy(() -> run("run", EVERYTHING, corpus, new ArrayList<>()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("teacher: null (expected: one if and only if");
    }

    @Test
    void refusesATruncatedCheckpoint() throws IOException {
        run("run", TINY, corpus, new ArrayList<>()).runUntil(1);
        Path checkpoint = folder.resolve("run/checkpoint.bin");
        byte[] bytes = Files.readAllBytes(checkpoint);
        Files.write(checkpoint, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> TrainingRun.snapshot(folder.resolve("run"))).isInstanceOf(IOException.class);
    }

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

    private TrainingRun run(String name, Recipe recipe, TrainingCorpus data, List<String> lines) {
        return new TrainingRun(folder.resolve(name), recipe, data, null, null, null, CLOCK, lines::add);
    }

    /** Gives these figures, one a measurement. */
    private static @Nullable OpenSetGauge by(Double... figures) {
        Iterator<Double> next = List.of(figures).iterator();
        return network -> next.next();
    }

    /** A network as it started, of another input size and dimension than the student. */
    private Path teacher() throws IOException {
        Recipe other = TINY.with("network: {neck: GLOBAL_AVERAGE, inputSize: 32, cropSize: 0, dimension: 24}");
        TrainedNetwork network =
                run("teacher", other, corpus, new ArrayList<>()).runUntil(1);
        ModelExport.write(
                network,
                folder,
                "teacher",
                1,
                new ModelCard.Calibration(.01, .5, .1, 0, "none"),
                new ModelCard.Provenance("data", 1, "test", "jvm", Map.of()));
        return folder.resolve("teacher.onnx");
    }
}
