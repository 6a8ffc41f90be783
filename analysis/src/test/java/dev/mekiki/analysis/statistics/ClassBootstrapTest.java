package dev.mekiki.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClassBootstrapTest {

    @Test
    void drawsAsManyClassesAsThereAre() {
        ClassBootstrap bootstrap = new ClassBootstrap(7, 100, 5);
        SplittableRandom random = new SplittableRandom(5);
        boolean repeats = false;
        for (int r = 0; r < 100; r++) {
            int[] times = bootstrap.draw(random);
            assertThat(Arrays.stream(times).sum()).isEqualTo(7);
            repeats |= Arrays.stream(times).anyMatch(t -> t > 1);
        }
        assertThat(repeats).isTrue();
    }

    // Type 7 of 1, 2, 3, 4: at 25 % between the first and the second, three quarters of the way.
    @Test
    void interpolatesQuantilesAsWorkedByHand() {
        double[] sorted = {1, 2, 3, 4};
        assertThat(Quantiles.ofSorted(sorted, 0)).isEqualTo(1);
        assertThat(Quantiles.ofSorted(sorted, .25)).isCloseTo(1.75, within(1e-12));
        assertThat(Quantiles.ofSorted(sorted, .5)).isCloseTo(2.5, within(1e-12));
        assertThat(Quantiles.ofSorted(sorted, 1)).isEqualTo(4);
    }

    // Two classes, figures 0 and 1: the mean of a draw is 0, ½ or 1 with probabilities ¼, ½, ¼.
    @Test
    void spansAllOutcomesOfTwoClasses() {
        Estimate estimate = new ClassBootstrap(2, 2000, 1)
                .estimate(times -> new double[] {times[1] / 2.0})
                .getFirst();
        assertThat(estimate).isEqualTo(new Estimate(.5, 0, 1));
    }

    // The mean of n independent figures has the standard error s/√n; the interval reaches 1.96 of them to either side.
    @Test
    void agreesWithTheNormalIntervalOfAMean() {
        int n = 400;
        double[] figures = new double[n];
        for (int i = 0; i < n; i++) {
            figures[i] = i % 20;
        }
        double mean = Arrays.stream(figures).average().orElseThrow();
        double deviation = Math.sqrt(
                Arrays.stream(figures).map(f -> (f - mean) * (f - mean)).sum() / n);
        Estimate estimate = new ClassBootstrap(n, 4000, 3)
                .estimate(times -> new double[] {mean(figures, times)})
                .getFirst();
        double reach = 1.96 * deviation / Math.sqrt(n);
        assertThat(estimate.value()).isEqualTo(mean);
        assertThat(estimate.low()).isCloseTo(mean - reach, within(.06 * reach));
        assertThat(estimate.high()).isCloseTo(mean + reach, within(.06 * reach));
    }

    @Test
    void coversTheTruthNineteenTimesInTwenty() {
        int covered = 0;
        SplittableRandom random = new SplittableRandom(11);
        int experiments = 400;
        for (int e = 0; e < experiments; e++) {
            double[] figures = random.doubles(60).toArray();
            Estimate estimate = new ClassBootstrap(60, 300, e)
                    .estimate(times -> new double[] {mean(figures, times)})
                    .getFirst();
            covered += estimate.low() <= .5 && .5 <= estimate.high() ? 1 : 0;
        }
        assertThat((double) covered / experiments).isBetween(.91, .98);
    }

    @Test
    void leavesOutDrawsThatMeasureNothing() {
        Estimate estimate = new ClassBootstrap(2, 500, 1)
                .estimate(times -> new double[] {times[0] == 0 ? Double.NaN : 1})
                .getFirst();
        assertThat(estimate).isEqualTo(new Estimate(1, 1, 1));
    }

    @Test
    void givesNoIntervalWithoutDraws() {
        List<Estimate> estimates = new ClassBootstrap(3, 0, 1).estimate(_ -> new double[] {.25, Double.NaN});
        assertThat(estimates.get(0)).hasToString("0.250");
        assertThat(estimates.get(1)).hasToString("–");
    }

    @Test
    void refusesTooFewDrawsForAnInterval() {
        assertThatThrownBy(() -> new ClassBootstrap(3, 10, 1))
                .hasMessage("replicates: 10 (expected: 0 or 100..100000)");
    }

    private static double mean(double[] figures, int[] times) {
        double sum = 0;
        for (int i = 0; i < figures.length; i++) {
            sum += times[i] * figures[i];
        }
        return sum / figures.length;
    }
}
