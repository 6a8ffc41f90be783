package dev.mekiki.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OpenSetTest {

    @Test
    void isPerfectWhenPhotographsLieOnTheirRegistrations() {
        List<float[]> axes = axes(8);
        int[] labels = {0, 1, 2, 3, 4, 5, 6, 7};
        OpenSet measured = OpenSet.measure(axes, labels, axes, labels, 5, 1, .1, .001);
        assertThat(measured.rankOne()).isEqualTo(1);
        assertThat(measured.impostorsPerSplit()).isEqualTo(4);
        assertThat(measured.points()).allSatisfy(p -> {
            assertThat(p.truePositiveRate()).isEqualTo(1);
            assertThat(p.threshold()).isCloseTo(0, within(1e-6));
        });
    }

    @Test
    void namesNobodyWhenImpostorsScoreAsHigh() {
        // Every photograph is the same: whoever is registered, strangers score what friends score.
        float[] same = {.6f, .8f};
        List<float[]> photographs = List.of(same, same, same, same);
        int[] labels = {0, 1, 2, 3};
        OpenSet measured = OpenSet.measure(photographs, labels, photographs, labels, 4, 1, .1);
        assertThat(measured.points().getFirst().truePositiveRate()).isZero();
        assertThat(measured.rankOne()).isEqualTo(.25);
    }

    @Test
    void doesNotCountAWrongNameAsRight() {
        // Photograph of 0 lies on 1 and the other way round.
        List<float[]> axes = axes(2);
        OpenSet measured = OpenSet.measure(axes, new int[] {0, 1}, axes, new int[] {1, 0}, 3, 1, 1.0);
        assertThat(measured.rankOne()).isZero();
    }

    @Test
    void takesTheBestOfALabelsRegistrations() {
        List<float[]> axes = axes(3);
        float[][] best = Identification.bestPerLabel(axes, new int[] {0, 0, 1}, List.of(axes.get(1)), 2);
        assertThat(best[0]).containsExactly(1f, 0f);
    }

    @Test
    void halvesTheLabels() {
        boolean[] known = Identification.half(101, new SplittableRandom(3));
        int count = 0;
        for (boolean k : known) {
            count += k ? 1 : 0;
        }
        assertThat(count).isEqualTo(50);
    }

    @Test
    void impostorScoresAreMaximaOverTheRegisteredLabels() {
        float[][] best = {{.9f, .3f, .4f}, {.1f, .8f, .2f}};
        float[] maxima = Identification.impostorMaxima(best, new int[] {0, 1}, new boolean[] {false, true, true});
        assertThat(maxima).containsExactly(.4f);
    }

    private static List<float[]> axes(int n) {
        List<float[]> axes = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            float[] axis = new float[n];
            axis[i] = 1;
            axes.add(axis);
        }
        return axes;
    }
}
