package dev.mekiki.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class MeansTest {

    /** The error is 0.05 * sqrt(2 / 30) = 0.01291, t = -3.873 with 58 degrees, the 97.5 % quantile of t 2.0017. */
    @Test
    void comparesTwoSamplesThatVaryAlike() {
        Means compared = Means.compare(new Means.Sample(30, .8, .0025), new Means.Sample(30, .75, .0025));

        assertThat(compared.difference().value()).isCloseTo(-.05, within(1e-12));
        assertThat(compared.difference().low()).isCloseTo(-.07584, within(1e-5));
        assertThat(compared.difference().high()).isCloseTo(-.02416, within(1e-5));
        assertThat(compared.pValue()).isCloseTo(.000276, within(2e-6));
    }

    @Test
    void anyDifferenceIsCertainWhereNothingVaries() {
        assertThat(Means.compare(new Means.Sample(5, .8, 0), new Means.Sample(5, .8, 0))
                        .pValue())
                .isEqualTo(1);
        assertThat(Means.compare(new Means.Sample(5, .8, 0), new Means.Sample(5, .9, 0))
                        .pValue())
                .isZero();
    }
}
