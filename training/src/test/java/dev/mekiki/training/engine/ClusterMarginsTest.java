package dev.mekiki.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClusterMarginsTest {

    // METHODS §2: compactness .95, .80, .50 gives margins .6, .526726, .4 at m0 = .5, Δ = .1.
    @Test
    void givesCompactClassesTheLargerMargin() {
        float[] leans = ClusterMargins.leans(new double[] {-.95, -.80, -.50});
        assertThat(.5 + .1 * leans[0]).isCloseTo(.6, within(1e-6));
        assertThat(.5 + .1 * leans[1]).isCloseTo(.526726, within(1e-6));
        assertThat(.5 + .1 * leans[2]).isCloseTo(.4, within(1e-6));
    }

    @Test
    void leansNowhereWhenAllClassesAreAlikeOrUnknown() {
        assertThat(ClusterMargins.leans(new double[] {.3, .3, Double.NaN})).containsExactly(0, 0, 0);
        assertThat(ClusterMargins.leans(new double[] {Double.NaN})).containsExactly(0);
    }

    @Test
    void concentrationIsTheMeanDistanceOverTheLogarithmOfTheCount() {
        // Two classes with many samples, so that the percentiles lie between them: 10 % and 90 % of the way.
        double[] phi = ClusterMargins.concentrations(new float[] {10, 40}, new float[] {20, 20});
        double dense = .5 / Math.log(30);
        double loose = 2 / Math.log(30);
        assertThat(phi[0]).isCloseTo(dense + .1 * (loose - dense), within(1e-9));
        assertThat(phi[1]).isCloseTo(dense + .9 * (loose - dense), within(1e-9));
    }

    @Test
    void classesOfOneSampleTakeTheLargestConcentration() {
        double[] phi = ClusterMargins.concentrations(new float[] {.001f, 2, 2, 8, 0}, new float[] {1, 4, 4, 4, 0});
        assertThat(phi[0]).isEqualTo(phi[3]);
        assertThat(phi[1]).isLessThan(phi[3]);
        assertThat(phi[4]).isNaN();
    }

    @Test
    void clipsConcentrationsToTheirMiddle() {
        float[] distances = new float[101];
        float[] counts = new float[101];
        for (int c = 0; c < distances.length; c++) {
            distances[c] = 2 * c;
            counts[c] = 2;
        }
        double[] phi = ClusterMargins.concentrations(distances, counts);
        assertThat(phi[0]).isCloseTo(10 / Math.log(12), within(1e-9));
        assertThat(phi[50]).isCloseTo(50 / Math.log(12), within(1e-9));
        assertThat(phi[100]).isCloseTo(90 / Math.log(12), within(1e-9));
    }
}
