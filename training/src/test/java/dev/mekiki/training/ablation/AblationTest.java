package dev.mekiki.training.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.training.Drawings;
import dev.mekiki.training.Recipe;
import dev.mekiki.training.evaluation.Evaluation;
import dev.mekiki.training.network.Neck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AblationTest {
    private static final List<Long> SEEDS = List.of(1L, 2L);
    private static final List<Variation> PLAN =
            List.of(variation("squeezed", Neck.SQUEEZE), variation("plain", Neck.LN));

    @TempDir
    private static Path documents;

    @TempDir
    private Path folder;

    @BeforeAll
    static void draw() {
        List<Mat> drawn = Drawings.documents(6);
        for (int i = 0; i < 6; i++) {
            opencv_imgcodecs.imwrite(documents.resolve("d" + i + ".png").toString(), drawn.get(i));
        }
    }

    private static Variation variation(String name, Neck neck) {
        return new Variation(name, Recipe.documents().with("""
                network: {backbone: LCNET_025, inputSize: 32, cropSize: 0, dimension: 16, neck: %s}
                classes: {kind: VARIANTS, drawnDocuments: 0}
                schedule: {images: 24, partSize: 4, learningRate: 0.001, warmUp: 0.1}
                """.formatted(neck)));
    }

    @Test
    void goesOnAfterBeingKilledAndEndsWithTheTableOfARunThatWasNot() throws IOException {
        String through = ablation("through", line -> {}).run(PLAN, SEEDS);
        assertThat(through.lines().filter(l -> l.startsWith("| squeezed | 2 |") || l.startsWith("| plain | 2 |")))
                .hasSize(2);

        List<String> lines = new ArrayList<>();
        assertThatThrownBy(() -> ablation("killed", line -> {
                            lines.add(line);
                            if (line.equals("3/4 squeezed seed 2")) {
                                throw new IllegalStateException("killed");
                            }
                        })
                        .run(PLAN, SEEDS))
                .hasMessage("killed");
        assertThat(folder.resolve("killed/ablation.md")).content().contains("| plain | 1 |");
        lines.clear();
        assertThat(ablation("killed", lines::add).run(PLAN, SEEDS)).isEqualTo(through);
        assertThat(lines).startsWith("1/4 squeezed seed 1: done already", "2/4 plain seed 1: done already");
        assertThat(folder.resolve("killed/ablation.json"))
                .hasSameTextualContentAs(folder.resolve("through/ablation.json"));
        assertThat(folder.resolve("killed/plain/seed-2")).isDirectoryNotContaining("glob:**checkpoint.bin");
    }

    @Test
    void refusesResultsOfAnotherBudget() throws IOException {
        List<Long> one = List.of(1L);
        ablation("runs", line -> {}).run(PLAN.subList(0, 1), one);
        Variation longer = new Variation("squeezed", PLAN.getFirst().recipe().with("schedule: {images: 32}"));
        assertThatThrownBy(() -> ablation("runs", line -> {}).run(List.of(longer), one))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("of another recipe, budget or teacher");
    }

    @Test
    void refusesToDistilWithoutATeacher() {
        Variation taught = new Variation("taught", PLAN.getFirst().recipe().with("distillation: {weight: 1}"));
        assertThatThrownBy(() -> ablation("runs", line -> {}).run(List.of(taught), SEEDS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("teacher: none");
    }

    @Test
    void variesOneChoiceAtATime() {
        Recipe base = Variation.base(1000);
        List<Variation> all = Variation.all(base);
        assertThat(all.stream().map(Variation::name)).doesNotHaveDuplicates().hasSize(18);
        assertThat(all.stream().map(Variation::recipe)).doesNotHaveDuplicates();
        assertThat(all).allMatch(v -> v.recipe().schedule().images() == 1_000);
        assertThat(all.getFirst().recipe()).isEqualTo(base);
    }

    @Test
    void spreadIsOfTheSample() {
        List<AblationResult> results = List.of(result(1, .8), result(2, .9), result(3, .85));
        String table = AblationTable.of(1000, results).toMarkdown();
        assertThat(table).contains("| a | 3 | 0.8500 ± 0.0500 | 0.8500 ± 0.0500 | 0.8500 ± 0.0500 |");
        assertThat(AblationTable.of(1000, results.subList(0, 1)).toMarkdown()).contains("| a | 1 | 0.8000 |");
    }

    private static AblationResult result(long seed, double figure) {
        return new AblationResult("a", seed, 1000, "", new AblationResult.Figures(figure, figure, figure));
    }

    private Ablation ablation(String name, Consumer<String> progress) {
        return new Ablation(
                folder.resolve(name),
                documents,
                Set.of("d0.png", "d1.png", "d2.png"),
                Optional.empty(),
                new Evaluation.Settings(2, 160, 2, 7, 2, 0),
                progress);
    }
}
