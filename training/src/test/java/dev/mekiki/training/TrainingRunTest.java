package dev.mekiki.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.training.corpus.CorpusBuilder;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.engine.OptimiserSettings;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingRunTest {
    private static final Recipe TINY = new Recipe(
            11,
            32,
            2,
            4,
            1e-3,
            .1,
            new OptimiserSettings(.9, .99, 1e-8, .05, 5, .9),
            .1,
            16,
            .2,
            .25,
            .75,
            1,
            .1,
            .3,
            .5,
            new CorpusBuilder.Mixture(0, 0, .5, .5, 0, 0),
            0,
            2);

    private static TrainingCorpus corpus;

    @TempDir
    private Path folder;

    @BeforeAll
    static void draw() {
        corpus = Drawings.corpus(2);
    }

    @Test
    void aStoppedRunEndsWithTheBitsOfOneThatWasNot() throws IOException {
        TrainedNetwork through = run("through", TINY, corpus, new ArrayList<>()).run();

        run("stopped", TINY, corpus, new ArrayList<>()).runUntil(2);
        List<String> lines = new ArrayList<>();
        TrainedNetwork resumed = run("stopped", TINY, corpus, lines).run();

        assertThat(lines.getFirst()).isEqualTo("going on after step 2");
        assertThat(lines.getLast()).contains("step 4/4 images 32 loss").contains("0:00:00 left");
        assertThat(resumed.parameters()).isEqualTo(through.parameters());
        assertThat(resumed.statistics()).isEqualTo(through.statistics());
    }

    @Test
    void aFinishedRunIsReadFromItsCheckpoint() throws IOException {
        TrainedNetwork trained = run("run", TINY, corpus, new ArrayList<>()).runUntil(2);
        TrainingRun.Snapshot snapshot = TrainingRun.snapshot(folder.resolve("run"));
        assertThat(snapshot.imagesSeen()).isEqualTo(16);
        assertThat(snapshot.recipe()).isEqualTo(TINY);
        assertThat(snapshot.network().parameters()).isEqualTo(trained.parameters());
    }

    @Test
    void refusesToGoOnWithOtherDataOrAnotherRecipe() throws IOException {
        run("run", TINY, corpus, new ArrayList<>()).runUntil(1);
        TrainingCorpus other = new TrainingCorpus(corpus.groups(), "other data");
        assertThatThrownBy(() -> run("run", TINY, other, new ArrayList<>()).run())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other data");
        Recipe seeded = Recipe.fromJson(TINY.toJson().replace("\"seed\" : 11", "\"seed\" : 12"));
        assertThatThrownBy(() -> run("run", seeded, corpus, new ArrayList<>()).run())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("only the number of images may change");
    }

    @Test
    void refusesATruncatedCheckpoint() throws IOException {
        run("run", TINY, corpus, new ArrayList<>()).runUntil(1);
        Path checkpoint = folder.resolve("run/checkpoint.bin");
        byte[] bytes = Files.readAllBytes(checkpoint);
        Files.write(checkpoint, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> TrainingRun.snapshot(folder.resolve("run"))).isInstanceOf(IOException.class);
    }

    private TrainingRun run(String name, Recipe recipe, TrainingCorpus data, List<String> lines) {
        return new TrainingRun(folder.resolve(name), recipe, data, InstantSource.fixed(Instant.EPOCH), lines::add);
    }
}
