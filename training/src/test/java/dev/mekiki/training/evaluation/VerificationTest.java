package dev.mekiki.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationTest {

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
