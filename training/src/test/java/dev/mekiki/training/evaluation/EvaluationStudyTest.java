package dev.mekiki.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mekiki.training.Drawings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** Models whose mistakes were planted: the study finds those and no others. */
class EvaluationStudyTest {
    private static final int LABELS = 12;
    private static final Evaluation.Settings SETTINGS = new Evaluation.Settings(4, 96, 6, 7, 1, 200);

    @TempDir
    private static Path folder;

    private static Material material;
    private static final List<Shot> SHOTS = new ArrayList<>();
    private static final List<byte[]> FILES = new ArrayList<>();

    @BeforeAll
    static void draw() throws IOException {
        List<Mat> documents = Drawings.documents(LABELS);
        for (int i = 0; i < LABELS; i++) {
            opencv_imgcodecs.imwrite(
                    folder.resolve(String.format("%02d.png", i)).toString(), documents.get(i));
        }
        material = Evaluation.simulated(DocumentFolder.read(folder, _ -> true), SETTINGS);
        material.show((shot, file) -> {
            SHOTS.add(shot);
            FILES.add(file);
        });
    }

    /** A model that takes some photographs for the next label, and gets all others right. */
    private static EvaluatedModel model(String name, IntPredicate mistaken) {
        List<float[]> script = new ArrayList<>();
        for (int i = 0; i < LABELS; i++) {
            script.add(axis(i));
        }
        for (int i = 0; i < SHOTS.size(); i++) {
            int label = SHOTS.get(i).label();
            script.add(axis(mistaken.test(i) ? (label + 1) % LABELS : label));
        }
        return EvaluatedModel.served(new ScriptedEmbedder(name, script), () -> {});
    }

    private static float[] axis(int i) {
        float[] axis = new float[LABELS];
        // Not quite at right angles, so that scores of strangers are not all alike.
        Arrays.fill(axis, .01f * (i + 1));
        axis[i] = 1;
        return axis;
    }

    private static double coverage(int shot) {
        return Objects.requireNonNull(SHOTS.get(shot).traits().get(Shot.COVERAGE));
    }

    private static List<ModelComparison.Difference> differences(ModelComparison comparison, String conditions) {
        return Objects.requireNonNull(comparison.differences().get(conditions));
    }

    @Test
    void takesAPhotographAgainAsItWasShown() throws IOException {
        assertThat(SHOTS).hasSize(2 * 4 * LABELS);
        for (int i = 0; i < SHOTS.size(); i += 7) {
            assertThat(material.photograph(i)).isEqualTo(FILES.get(i));
        }
        assertThat(SHOTS.getFirst().conditions()).isEqualTo("mild");
        assertThat(SHOTS.getLast().conditions()).isEqualTo("hard");
        assertThat(SHOTS).allSatisfy(s -> assertThat(s.traits()).containsKeys("jpeg", Shot.COVERAGE));
    }

    @Test
    void findsThePlantedDifferencesAndNoOthers() throws IOException {
        Set<Integer> onlyFirst = new TreeSet<>(Set.of(3, 17, 40, 41, 60, 77, 90));
        Set<Integer> onlySecond = new TreeSet<>(Set.of(5, 66));
        Set<Integer> neither = Set.of(8, 9);
        EvaluationStudy study = Evaluation.study(
                List.of(
                        model("first", i -> onlySecond.contains(i) || neither.contains(i)),
                        model("second", i -> onlyFirst.contains(i) || neither.contains(i))),
                material,
                SETTINGS);
        ModelComparison comparison = study.comparisons().getFirst();
        assertThat(comparison.onlyFirst()).isEqualTo(7);
        assertThat(comparison.onlySecond()).isEqualTo(2);
        // 2·(1 + 9 + 36) / 2⁹
        assertThat(comparison.probability()).isCloseTo(92 / 512.0, within(1e-12));
        Set<Integer> union = new TreeSet<>(onlyFirst);
        union.addAll(onlySecond);
        assertThat(comparison.changed())
                .extracting(ModelComparison.Changed::photograph)
                .containsExactlyElementsOf(union);
        ModelComparison.Changed gain = comparison.changed().get(1);
        assertThat(gain.photograph()).isEqualTo(5);
        assertThat(gain.isGain()).isTrue();
        assertThat(gain.label()).isEqualTo(SHOTS.get(5).name());
        ModelComparison.Difference rankOne = differences(comparison, "all").getFirst();
        assertThat(rankOne.figure()).isEqualTo("rank-1");
        assertThat(rankOne.estimate().value()).isCloseTo(-5 / 96.0, within(1e-12));
        assertThat(rankOne.estimate().low()).isLessThan(-5 / 96.0);
        assertThat(study.models().get(0).part("all").openSet().rankOne()).isCloseTo(92 / 96.0, within(1e-12));
    }

    @Test
    void isSureOfADifferenceThatEveryLabelHasAndOfNoneBetweenTwins() throws IOException {
        EvaluationStudy study = Evaluation.study(
                List.of(model("a", _ -> false), model("b", i -> i % 4 == 0), model("a", _ -> false)),
                material,
                SETTINGS);
        ModelComparison.Difference worse =
                differences(study.comparisons().get(0), "all").getFirst();
        // Each label has four photographs under each conditions, one of which is mistaken: no draw of labels matters.
        assertThat(worse.estimate().low()).isCloseTo(-.25, within(1e-12));
        assertThat(worse.estimate().high()).isCloseTo(-.25, within(1e-12));
        assertThat(study.comparisons().get(1).changed()).isEmpty();
        assertThat(differences(study.comparisons().get(1), "hard"))
                .allSatisfy(d -> assertThat(d.estimate().value()).isZero());
    }

    @Test
    void findsTheConditionThatAModelCannotBear() throws IOException {
        double middle = IntStream.range(0, SHOTS.size())
                .filter(i -> SHOTS.get(i).conditions().equals("hard"))
                .mapToDouble(EvaluationStudyTest::coverage)
                .sorted()
                .toArray()[SHOTS.size() / 4];
        EvaluationStudy study = Evaluation.study(List.of(model("far", i -> coverage(i) < middle)), material, SETTINGS);
        List<ConditionRow> hard =
                Objects.requireNonNull(study.models().getFirst().conditions().get("hard"));
        List<ConditionRow> rows =
                hard.stream().filter(r -> r.trait().equals(Shot.COVERAGE)).toList();
        assertThat(rows).hasSize(2);
        assertThat(rows.get(0).rankOne().value()).isZero();
        assertThat(rows.get(0).photographs()).isEqualTo(24);
        assertThat(rows.get(1).rankOne().value()).isEqualTo(1);
        // Effects are drawn by themselves, so no other one tells right from wrong.
        assertThat(hard)
                .filteredOn(r -> !r.trait().equals(Shot.COVERAGE) && r.photographs() > 15)
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.rankOne().value()).isBetween(.15, .85));
    }

    @Test
    void namesTheWorstLabelsAndWhatTheyAreTakenFor() throws IOException {
        EvaluationReport report = Evaluation.study(
                        List.of(model(
                                "m",
                                i -> SHOTS.get(i).label() == 4 && i % 4 != 0
                                        || SHOTS.get(i).label() == 9 && i % 4 == 0)),
                        material,
                        SETTINGS)
                .models()
                .getFirst();
        assertThat(report.worst()).extracting(WorstLabel::label).containsExactly("04.png", "09.png");
        WorstLabel worst = report.worst().getFirst();
        assertThat(worst.wrong()).isEqualTo(6);
        assertThat(worst.photographs()).isEqualTo(8);
        assertThat(worst.mistakenFor()).isEqualTo("05.png");
        assertThat(SHOTS.get(worst.photograph()).label()).isEqualTo(4);
    }

    @Test
    void writesOnePageAndFiguresThatCanBeRead() throws Exception {
        EvaluationStudy study = Evaluation.study(
                List.of(model("first", i -> i == 3), model("second", i -> i == 20)), material, SETTINGS);
        Document page = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(study.toHtml(material, "test").getBytes(StandardCharsets.UTF_8)));
        // Two characteristics, and a histogram for each model under mild, hard and all conditions.
        assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(2 + 6);
        // Two changed decisions with photograph, truth and two answers; a worst label of each model with three.
        assertThat(page.getElementsByTagName("img").getLength()).isEqualTo(2 * 4 + 2 * 3);
        assertThat(page.getElementsByTagName("script").getLength()).isZero();
        JsonNode json = JsonMapper.builder().build().readTree(study.toJson("test"));
        assertThat(json.at("/codeVersion").asText()).isEqualTo("test");
        assertThat(json.at("/models/1/parts/all/openSet/rankOne").asDouble()).isCloseTo(95 / 96.0, within(1e-12));
        assertThat(json.at("/comparisons/0/changed")).hasSize(2);
        assertThat(json.at("/models/0/parts/all/openSet/points/2/estimate/low").isNull())
                .isTrue();
        assertThat(study.table()).contains("TPR@FPR=1e-04").contains("McNemar p=1");
    }

    @Test
    void givesTheSameStudyTwice() throws IOException {
        assertThat(Evaluation.study(List.of(model("m", i -> i % 5 == 0)), material, SETTINGS))
                .isEqualTo(Evaluation.study(List.of(model("m", i -> i % 5 == 0)), material, SETTINGS));
    }

    @Test
    void measuresNoSpeedOfWhatSomebodyElseRuns() throws IOException {
        EvaluatedModel served = model("m", _ -> false);
        EvaluationStudy study = Evaluation.study(List.of(served), material, SETTINGS);
        assertThatThrownBy(() -> study.withSpeeds(List.of(model("m", _ -> false))))
                .hasMessage("speed of m: it is served (expected: an ONNX file)");
    }

    @Test
    void registersTheFirstPhotographsOfEachLabelAndShowsTheOthers(@TempDir Path real) throws IOException {
        for (String name : List.of("a/one/1.png", "a/one/2.png", "a/one/3.png", "b/1.png", "b/2.png", "c/1.png")) {
            Path file = real.resolve(name);
            Files.createDirectories(file.getParent());
            Files.copy(folder.resolve("00.png"), file);
        }
        Material taken = Evaluation.taken(DocumentFolder.read(real, _ -> true), 1);
        assertThat(taken.labels()).containsExactly("a/one", "b", "c");
        assertThat(taken.registrations()).hasSize(3);
        List<Shot> shown = new ArrayList<>();
        taken.show((shot, _) -> shown.add(shot));
        assertThat(shown).extracting(Shot::name).containsExactly("2.png", "3.png", "2.png");
        assertThat(shown).extracting(Shot::label).containsExactly(0, 0, 1);
        assertThat(taken.photograph(2)).isEqualTo(Files.readAllBytes(folder.resolve("00.png")));
        assertThatThrownBy(() -> Evaluation.taken(DocumentFolder.read(real, _ -> true), 3))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none left to show, with 3 of each of 3 labels registered");
    }
}
