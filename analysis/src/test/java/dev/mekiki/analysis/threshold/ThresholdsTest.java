package dev.mekiki.analysis.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.statistics.ShrunkenMeans;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdsTest {

    // METHODS §6.
    @Test
    void givesTheConformalPValueWorkedByHand() {
        ConformalRejection strangers =
                new ConformalRejection(new float[] {.9f, .1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f});
        assertThat(strangers.pValue(.85)).isCloseTo(.2, within(1e-12));
        assertThat(strangers.pValue(.95)).isCloseTo(.1, within(1e-12));
        assertThat(strangers.pValue(-1)).isEqualTo(1);
        // As high as one of them counts as not higher.
        assertThat(strangers.pValue(.9f)).isCloseTo(.2, within(1e-12));
    }

    @Test
    void knowsHowManyStrangersARateTakes() {
        assertThat(ConformalRejection.leastCount(.1)).isEqualTo(9);
        assertThat(ConformalRejection.leastCount(1e-4)).isEqualTo(9_999);
        assertThat(new ConformalRejection(new float[9]).pValue(.5)).isLessThanOrEqualTo(.1);
        assertThat(new ConformalRejection(new float[8]).pValue(.5)).isGreaterThan(.1);
    }

    @Test
    void namesAtMostTheShareOfStrangersAskedFor() {
        SplittableRandom random = new SplittableRandom(1);
        int named = 0;
        for (int trial = 0; trial < 4_000; trial++) {
            float[] seen = new float[19];
            for (int i = 0; i < seen.length; i++) {
                seen[i] = (float) random.nextGaussian();
            }
            named += new ConformalRejection(seen).pValue((float) random.nextGaussian()) <= .05 ? 1 : 0;
        }
        assertThat(named / 4_000.0).isCloseTo(.05, within(.011));
    }

    // Two groups, means 2 and 6 about 4; within 2, between (16 − 2)/2 = 7; shrunk by 2/(2 + 2/7) = .875.
    @Test
    void shrinksTheMeansOfGroupsAsWorkedByHand() {
        assertThat(ShrunkenMeans.shifts(new double[] {1, 3, 5, 7}, Grouping.of(0, 0, 1, 1)))
                .containsExactly(new double[] {-1.75, 1.75}, within(1e-12));
        assertThat(ShrunkenMeans.shifts(new double[] {1, 7, 1, 7}, Grouping.of(0, 0, 1, 1)))
                .containsExactly(0, 0);
        // One value a group tells nothing about the spread within.
        assertThat(ShrunkenMeans.shifts(new double[] {1, 7}, Grouping.of(0, 1))).containsExactly(0, 0);
    }

    /** Strangers that come near no label that is another's. */
    private static Impostors alone(float[] scores, Grouping classes) {
        return new Impostors(scores, classes, classes);
    }

    /** Strangers of classes that have a level of their own, and so are not independent. */
    private static Impostors strangers(int classes, int each, SplittableRandom random) {
        float[] scores = new float[classes * each];
        int[] of = new int[scores.length];
        for (int c = 0; c < classes; c++) {
            double level = .4 + .06 * random.nextGaussian();
            for (int i = 0; i < each; i++) {
                of[c * each + i] = c;
                scores[c * each + i] = (float) (level + .06 * random.nextGaussian());
            }
        }
        return alone(scores, new Grouping(of, classes));
    }

    // All together normal about .4 with deviation .06·√2, whose upper tail is known.
    @ParameterizedTest
    @CsvSource({"1e-2, 2.3263479, .93", "1e-3, 3.0902323, .93", "1e-4, 3.7190165, .93"})
    void theTrueRateLiesInTheIntervalOfMostCalibrations(double rate, double deviations, double least) {
        SplittableRandom random = new SplittableRandom(2);
        double truth = .4 + deviations * .06 * Math.sqrt(2);
        int trials = 60;
        int covered = 0;
        double sum = 0;
        for (int trial = 0; trial < trials; trial++) {
            CalibratedThreshold found = CalibratedThreshold.of(strangers(200, 20, random), rate, 200, trial);
            double z = (found.threshold().value() - .4) / (.06 * Math.sqrt(2));
            double trueRate = upperTail(z);
            covered +=
                    trueRate >= found.rate().low() && trueRate <= found.rate().high() ? 1 : 0;
            assertThat(found.threshold().low())
                    .isLessThanOrEqualTo(found.threshold().high());
            sum += found.threshold().value();
        }
        assertThat(sum / trials).isCloseTo(truth, within(.02));
        assertThat(covered / (double) trials).isGreaterThanOrEqualTo(least);
    }

    // Every two labels are as alike as they are: each pair is one chance, twice in the scores.
    @Test
    void labelsThatMeetAreOneChanceAndNotTwo() {
        int pairs = 100;
        SplittableRandom random = new SplittableRandom(8);
        float[] scores = new float[10 * pairs];
        int[] classes = new int[scores.length];
        int[] nearest = new int[scores.length];
        for (int pair = 0; pair < pairs; pair++) {
            double alike = .4 + .1 * random.nextGaussian();
            for (int i = 0; i < 10; i++) {
                scores[10 * pair + i] = (float) (alike + .02 * random.nextGaussian());
                classes[10 * pair + i] = 2 * pair + i % 2;
                nearest[10 * pair + i] = 2 * pair + (i + 1) % 2;
            }
        }
        Grouping of = new Grouping(classes, 2 * pairs);
        CalibratedThreshold met =
                CalibratedThreshold.of(new Impostors(scores, of, new Grouping(nearest, 2 * pairs)), .01, 1_000, 1);
        CalibratedThreshold alone = CalibratedThreshold.of(alone(scores, of), .01, 1_000, 1);
        double width = met.threshold().high() - met.threshold().low();
        // Half as many chances: √2.
        assertThat(width / (alone.threshold().high() - alone.threshold().low())).isBetween(1.2, 1.7);
        assertThat(met.rate().high()).isGreaterThan(1.2 * alone.rate().high());
        assertThat(met.classes()).isEqualTo(2 * pairs);
    }

    // Fitted 0 from 25: variance 4/3/25 = .05333 beside .04; (0·.04 − .2·.05333)/.09333 = −.11429.
    @Test
    void theShapeOfATailLeansOnWhatIsKnownBeforehand() {
        TailShape known = new TailShape(-.2, .2);
        assertThat(known.given(0, 25, 0)).isCloseTo(-.114286, within(1e-6));
        // One deviation higher beforehand: (0·.04 + 0·.05333)/.09333.
        assertThat(known.given(0, 25, 1)).isCloseTo(0, within(1e-12));
        assertThat(known.given(.1, 1_000_000, 0)).isCloseTo(.1, within(1e-4));
        assertThat(new GeneralisedParetoTail(.5, .04, .2, .05).withShape(-.2).scale())
                .isCloseTo(.06, within(1e-12));
    }

    /** The normal distribution's, by the continued fraction of Mills' ratio; for z above 1. */
    private static double upperTail(double z) {
        double fraction = z;
        for (int k = 200; k >= 1; k--) {
            fraction = z + k / fraction;
        }
        return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) / fraction;
    }

    @Test
    void countsRatesThatLieBeforeTheTail() {
        float[] scores = new float[10_000];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = i / 10_000f;
        }
        CalibratedThreshold found = CalibratedThreshold.of(
                alone(scores, Grouping.of(IntStream.range(0, 10_000).toArray())), .3, 0, 1);
        assertThat(found.threshold().value()).isCloseTo(.7, within(1e-3));
    }

    @Test
    void refusesToCalibrateWithFewStrangersOrEqualOnes() {
        Impostors few = alone(new float[39], new Grouping(new int[39], 1));
        assertThatThrownBy(() -> CalibratedThreshold.of(few, .01, 0, 1))
                .hasMessage("impostors: 39 (expected: at least 40 to calibrate with)");
        Impostors equal = alone(new float[400], new Grouping(new int[400], 1));
        assertThatThrownBy(() -> CalibratedThreshold.of(equal, .01, 0, 1)).hasMessageContaining("are equal");
    }

    @Test
    void readsTheTailBothWays() {
        for (double shape : new double[] {-.2, 0, .1}) {
            GeneralisedParetoTail tail = new GeneralisedParetoTail(.55, .04, shape, .01);
            assertThat(tail.rate(tail.threshold(1e-4))).isCloseTo(1e-4, within(1e-10));
            assertThat(tail.rate(.55)).isCloseTo(.01, within(1e-12));
        }
        assertThat(new GeneralisedParetoTail(.55, .04, -.2, .01).rate(.9)).isZero();
    }

    private record Trial(LabelThresholds.Scored own, LabelThresholds.Scored strangers, Grouping classes) {}

    /** Labels whose own scores and whose strangers' differ by as much as {@code spread}. */
    private static Trial trial(int labels, int each, double spread, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] level = random.doubles(labels).map(u -> spread * (2 * u - 1)).toArray();
        int n = labels * each;
        float[] own = new float[n];
        float[] strange = new float[n];
        int[] of = new int[n];
        for (int i = 0; i < n; i++) {
            of[i] = i % labels;
            own[i] = (float) (.7 + level[of[i]] + .05 * random.nextGaussian());
            strange[i] = (float) (.5 + level[of[i]] + .05 * random.nextGaussian());
        }
        Grouping groups = new Grouping(of, labels);
        return new Trial(
                new LabelThresholds.Scored(own, groups),
                new LabelThresholds.Scored(strange, groups),
                Grouping.of(IntStream.range(0, n).toArray()));
    }

    @Test
    void thresholdsOfLabelsThatDifferLetMoreOfTheirOwnPass() {
        Trial trial = trial(50, 40, .15, 3);
        LabelThresholds found = LabelThresholds.of(trial.own, trial.strangers, trial.classes, .01, 0, 1);
        assertThat(found.perLabel().trueAccepts()).isGreaterThan(found.common().trueAccepts() + .2);
        assertThat(found.perLabel().falseAccepts()).isCloseTo(.01, within(.005));
        assertThat(found.common().falseAccepts()).isCloseTo(.01, within(.005));
        double[] ofOwn = ShrunkenMeans.shifts(
                IntStream.range(0, 2_000)
                        .mapToDouble(i -> trial.own.scores()[i])
                        .toArray(),
                trial.own.labels());
        for (int label = 0; label < 50; label++) {
            // Higher for compact labels, lower for scattered ones.
            assertThat(found.thresholds()[label] - found.base().threshold().value())
                    .isCloseTo(ofOwn[label], within(.02));
        }
    }

    @Test
    void thresholdsOfLabelsThatDoNotDifferAreAlmostTheCommonOne() {
        Trial trial = trial(50, 10, 0, 4);
        LabelThresholds found = LabelThresholds.of(trial.own, trial.strangers, trial.classes, .01, 0, 1);
        for (double threshold : found.thresholds()) {
            assertThat(threshold).isCloseTo(found.base().threshold().value(), within(.012));
        }
        assertThat(found.perLabel().trueAccepts()).isCloseTo(found.common().trueAccepts(), within(.03));
    }
}
