package dev.mekiki.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class McNemarTest {

    // n=6: P(X≤1) = (1+6)/64, twice that. n=5: P(X≤0) = 1/32. n=12, 2: (1+12+66)/4096.
    @Test
    void givesTheProbabilitiesWorkedByHand() {
        assertThat(new McNemar(1, 5).probability()).isCloseTo(14 / 64.0, within(1e-12));
        assertThat(new McNemar(5, 1).probability()).isCloseTo(14 / 64.0, within(1e-12));
        assertThat(new McNemar(0, 5).probability()).isCloseTo(2 / 32.0, within(1e-12));
        assertThat(new McNemar(2, 10).probability()).isCloseTo(158 / 4096.0, within(1e-12));
    }

    @Test
    void isCertainWhereBothAreAsOftenRight() {
        assertThat(new McNemar(0, 0).probability()).isEqualTo(1);
        assertThat(new McNemar(7, 7).probability()).isEqualTo(1);
    }

    @Test
    void staysFiniteForThousandsOfPhotographs() {
        assertThat(new McNemar(9_000, 9_000).probability()).isEqualTo(1);
        // Six standard deviations of a fair coin: 2·Φ(−6) ≈ 2e-9.
        assertThat(new McNemar(9_000, 9_805).probability()).isBetween(1e-9, 1e-8);
        assertThat(new McNemar(0, 5_000).probability()).isZero();
    }

    @Test
    void refusesNegativeCounts() {
        assertThatThrownBy(() -> new McNemar(-1, 2)).hasMessageContaining("onlyFirst, onlySecond: -1, 2");
    }
}
