package dev.mekiki.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationTest {

    @Test
    void readsTheRateAtTheLargestFalsePositiveRateThatIsAllowed() {
        float[] negatives = {.1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f, .9f, 1f};
        float[] positives = {.55f, .85f, .95f, 1f};
        Verification v = Verification.ofScores(positives, negatives, .25, .1, .05, 1);
        // Two of ten negatives may pass: the threshold is the third, .8.
        assertThat(v.points().get(0).achieved()).isEqualTo(.2);
        assertThat(v.points().get(0).threshold()).isCloseTo(.8, within(1e-6));
        assertThat(v.points().get(0).truePositiveRate()).isEqualTo(.75);
        assertThat(v.points().get(1).truePositiveRate()).isEqualTo(.5);
        // None may pass: the positive that ties with the best negative is lost with it.
        assertThat(v.points().get(2).achieved()).isZero();
        assertThat(v.points().get(2).truePositiveRate()).isZero();
        assertThat(v.points().get(3).truePositiveRate()).isEqualTo(1);
    }

    @Test
    void rejectsAllNegativesThatTie() {
        Verification v = Verification.ofScores(new float[] {.6f}, new float[] {.1f, .5f, .5f, .5f}, .5);
        assertThat(v.points().getFirst().achieved()).isZero();
        assertThat(v.points().getFirst().truePositiveRate()).isEqualTo(1);
    }

    @Test
    void countsAllPairs() {
        float[] a = {1, 0};
        float[] b = {.6f, .8f};
        float[] c = {0, 1};
        Verification v = Verification.ofAllPairs(List.of(a, b, c, c), new int[] {0, 0, 1, 1}, .5);
        assertThat(v.positivePairs()).isEqualTo(2);
        assertThat(v.negativePairs()).isEqualTo(4);
        // Negatives score .5, .5, .9, .9; positives .8 and 1. Two of four may pass: those at .9.
        assertThat(v.points().getFirst().threshold()).isCloseTo(.5, within(1e-6));
        assertThat(v.points().getFirst().truePositiveRate()).isEqualTo(1);
    }

    @Test
    void refusesToMeasureWithoutNegativePairs() {
        assertThatThrownBy(
                        () -> Verification.ofAllPairs(List.of(new float[] {1}, new float[] {1}), new int[] {0, 0}, .1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 positive, 0 negative");
    }
}
