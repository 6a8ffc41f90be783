package dev.mekiki.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProportionsTest {

    /** Newcombe 1998, table II (a), method 10. */
    @Test
    void findsTheIntervalOfNewcombesExample() {
        Estimate difference = Proportions.difference(48, 80, 56, 70);

        assertThat(difference.value()).isCloseTo(.2, within(1e-12));
        assertThat(difference.low()).isCloseTo(.0524, within(5e-5));
        assertThat(difference.high()).isCloseTo(.3339, within(5e-5));
    }

    /** (0.8 - 0.6) / sqrt(104/150 * 46/150 * (1/70 + 1/80)) = 2.650. */
    @Test
    void findsHowLikelyTheDifferenceIsByChance() {
        assertThat(Proportions.pValue(48, 80, 56, 70)).isCloseTo(.00805, within(1e-5));
        assertThat(Proportions.pValue(56, 70, 48, 80)).isCloseTo(.00805, within(1e-5));
    }

    @Test
    void nothingIsUnlikelyWhereAllOrNoneSucceeded() {
        assertThat(Proportions.pValue(0, 5, 0, 7)).isEqualTo(1);
        assertThat(Proportions.pValue(5, 5, 7, 7)).isEqualTo(1);
        Estimate none = Proportions.difference(0, 10, 0, 10);
        assertThat(none.value()).isZero();
        assertThat(none.low()).isNegative();
        assertThat(none.high()).isPositive();
    }

    @Test
    void refusesMoreSuccessesThanTrials() {
        assertThatThrownBy(() -> Proportions.pValue(2, 1, 0, 1))
                .hasMessage("successes: 2 of 1 (expected: 0..n of at least 1)");
    }
}
