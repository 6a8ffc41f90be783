package dev.mekiki.analysis.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ShiftTest {

    /** (0.6 - 0.5) ln(0.6 / 0.5) + (0.4 - 0.5) ln(0.4 / 0.5) = 0.018232 + 0.022314. */
    @Test
    void findsTheIndexOfTwoClasses() {
        Shift shift = Shift.between(Bins.SCORES, Histogram.of(150, 500, 500), Histogram.of(150, 600, 400));

        assertThat(shift.stabilityIndex()).isCloseTo(.040547, within(1e-6));
        // (1/1000 + 1/1000) times the 99 % quantile of chi-squared with one degree, 6.6349
        assertThat(shift.byChance()).isCloseTo(.0132698, within(1e-6));
        assertThat(shift.distance()).isCloseTo(.1, within(1e-12));
        assertThat(shift.medianBefore()).isCloseTo(.51, within(1e-12));
        assertThat(shift.moved()).isFalse();
    }

    /** 0.1 of before in each of ten bins; since then all of it two bins higher. */
    @Test
    void whatMovedByTwoOfTenClassesMoved() {
        Histogram before = Histogram.of(180, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10);
        Shift shift = Shift.between(Bins.SCORES, before, Histogram.of(182, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10));

        // The class above all of them has 0.2 since. Two are empty, and that one was; each as half a count of 100.
        assertThat(shift.stabilityIndex())
                .isCloseTo(2 * (.005 - .1) * Math.log(.005 / .1) + (.2 - .005) * Math.log(.2 / .005), within(1e-12));
        assertThat(shift.distance()).isCloseTo(.2, within(1e-12));
        assertThat(shift.moved()).isTrue();
    }

    /** All identical before, so that there are no tenths; half of them far below since. */
    @Test
    void seesWhatLeftTheOnlyBin() {
        Shift shift = Shift.between(
                Bins.SCORES, Histogram.of(199, 1_000), Histogram.of(160, 500).plus(Histogram.of(199, 500)));

        assertThat(shift.stabilityIndex())
                .isCloseTo((.5 - .0005) * Math.log(.5 / .0005) + (.5 - 1) * Math.log(.5), within(1e-12));
        assertThat(shift.distance()).isCloseTo(.5, within(1e-12));
        assertThat(shift.moved()).isTrue();
    }

    @Test
    void aFewDecisionsAreNotCalledMoved() {
        Shift shift = Shift.between(Bins.SCORES, Histogram.of(180, 1, 1, 1), Histogram.of(181, 1, 1, 1));

        assertThat(shift.stabilityIndex()).isGreaterThan(Shift.MOVED);
        assertThat(shift.moved()).isFalse();
    }

    /** Of the tables of the distribution: 1.36 is passed with 5 %, 1.63 with 1 %. */
    @Test
    void knowsTheDistributionOfTheDistance() {
        assertThat(Shift.kolmogorov(1.358)).isCloseTo(.05, within(1e-4));
        assertThat(Shift.kolmogorov(1.628)).isCloseTo(.01, within(1e-4));
        assertThat(Shift.kolmogorov(0)).isEqualTo(1);
        assertThat(Shift.kolmogorov(.2)).isCloseTo(1, within(1e-9));
    }
}
