package dev.mekiki.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FalseDiscoveriesTest {

    /** Benjamini and Hochberg 1995, section 3.2: of these 15, the four smallest are believed. */
    @Test
    void believesTheFourOfTheirExample() {
        double[] values = {
            .4262, .0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .5719, .6528, .7590, 1
        };

        assertThat(FalseDiscoveries.limit(values, .05)).isEqualTo(.0095);
    }

    @Test
    void believesNothingWhereNothingIsUnlikely() {
        assertThat(FalseDiscoveries.limit(new double[] {.06, .5}, .05)).isNegative();
        assertThat(FalseDiscoveries.limit(new double[0], .05)).isNegative();
    }
}
