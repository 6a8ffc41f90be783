package dev.mekiki.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.analysis.statistics.Estimate;
import dev.mekiki.training.evaluation.ConcentrationStudy.Recommendation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class ConcentrationStudyTest {

    @Test
    void findsThatScatteredLabelsAreMisrecognisedIfTheyAre() {
        ConcentrationStudy study = study(60, label -> .3 + .03 * label);
        assertThat(study.labels()).hasSize(60);
        assertThat(study.nearest().spearman().value()).isGreaterThan(.6);
        assertThat(study.openSet().spearman().low()).isPositive();
        assertThat(study.recommendation()).isEqualTo(Recommendation.TRY);
    }

    // Within each label some photographs lie far off and are misrecognised. Measured on the same photographs, that
    // alone
    // would correlate; in the other half it does not.
    @Test
    void doesNotTakeAnOutlierForAScatteredLabel() {
        ConcentrationStudy study = study(60, _ -> 1.2);
        assertThat(study.nearest().spearman().value()).isBetween(-.3, .3);
        assertThat(study.recommendation()).isNotEqualTo(Recommendation.TRY);
    }

    @Test
    void saysWhenThereIsTooLittleData() {
        assertThat(study(12, label -> .3 + .1 * label).recommendation()).isEqualTo(Recommendation.TOO_LITTLE_DATA);
        assertThat(study(40, _ -> .01).recommendation()).isEqualTo(Recommendation.TOO_LITTLE_DATA);
    }

    @Test
    void recommendsByTheCoefficientAndItsInterval() {
        assertThat(Recommendation.of(new Estimate(.5, .2, .7), 50, 30)).isEqualTo(Recommendation.TRY);
        assertThat(Recommendation.of(new Estimate(-.5, -.7, -.2), 50, 30)).isEqualTo(Recommendation.TRY_REVERSED);
        assertThat(Recommendation.of(new Estimate(.2, .1, .3), 50, 30)).isEqualTo(Recommendation.LITTLE_TO_GAIN);
        assertThat(Recommendation.of(new Estimate(.4, -.1, .6), 50, 30)).isEqualTo(Recommendation.NO_RELATION);
        assertThat(Recommendation.of(new Estimate(.5, .2, .7), 19, 15)).isEqualTo(Recommendation.TOO_LITTLE_DATA);
        assertThat(Recommendation.of(Estimate.withoutInterval(.5), 50, 30)).isEqualTo(Recommendation.TOO_LITTLE_DATA);
    }

    @Test
    void leavesOutLabelsWithFewPhotographs() {
        List<float[]> vectors = List.of(new float[] {1, 0}, new float[] {0, 1});
        EmbeddedMaterial few = new EmbeddedMaterial(
                List.of("a", "b"),
                vectors,
                new int[] {0, 1},
                vectors,
                List.of(new Shot(0, "a", "real", Map.of()), new Shot(1, "b", "real", Map.of())),
                "d");
        assertThatThrownBy(() -> ConcentrationStudy.of("m", "s", few, new Evaluation.Settings(2, 64, 1, 1, 1, 0)))
                .hasMessage("labels with at least 4 photographs: 0 (expected: at least 2)");
    }

    @Test
    void writesFiguresAndPage() {
        ConcentrationStudy study = study(30, label -> .3 + .05 * label);
        assertThat(study.toJson("test")).contains("\"recommendation\"").contains("\"spearman\"");
        assertThat(study.toHtml("test"))
                .contains("<svg")
                .contains(study.recommendation().advice());
        assertThat(study.table()).contains("Spearman");
    }

    /** Eight photographs of each label, about its direction by as much as the label's noise. */
    private static ConcentrationStudy study(int labels, IntToDoubleFunction noise) {
        SplittableRandom random = new SplittableRandom(8);
        List<float[]> registered = new ArrayList<>();
        List<float[]> photographs = new ArrayList<>();
        List<Shot> shots = new ArrayList<>();
        List<String> names = new ArrayList<>();
        int[] own = new int[labels];
        for (int label = 0; label < labels; label++) {
            own[label] = label;
            names.add("label " + label);
            // Of one length, so that the same noise is the same angle.
            double[] direction = random.doubles(10, -1, 1).toArray();
            double length = Math.sqrt(Arrays.stream(direction).map(d -> d * d).sum());
            Arrays.setAll(direction, d -> 1.8 * direction[d] / length);
            registered.add(unit(direction, 0, random));
            for (int k = 0; k < 8; k++) {
                photographs.add(unit(direction, noise.applyAsDouble(label), random));
                shots.add(new Shot(label, "label " + label, "real", Map.of()));
            }
        }
        EmbeddedMaterial material = new EmbeddedMaterial(names, registered, own, photographs, shots, "digest");
        return ConcentrationStudy.of("m", "sha", material, new Evaluation.Settings(2, 64, 6, 3, 1, 300));
    }

    private static float[] unit(double[] direction, double noise, SplittableRandom random) {
        float[] vector = new float[direction.length];
        double squares = 0;
        for (int d = 0; d < vector.length; d++) {
            vector[d] = (float) (direction[d] + noise * random.nextGaussian() / 2);
            squares += vector[d] * vector[d];
        }
        for (int d = 0; d < vector.length; d++) {
            vector[d] /= (float) Math.sqrt(squares);
        }
        return vector;
    }
}
