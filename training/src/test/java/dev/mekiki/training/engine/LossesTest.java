package dev.mekiki.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.ScalarType;

import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers worked by hand, and gradients against differences, in double precision. */
class LossesTest {
    private static final Offset<Double> EXACT = within(1e-6);

    private PointerScope scope;

    @BeforeEach
    void open() {
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    // Cosines .8, .1, −.2, target first, scale 2.

    @Test
    void softmaxHasNoMargin() {
        assertThat(threeClasses(HeadSettings.Kind.SOFTMAX, 0)).isCloseTo(.323483, EXACT);
    }

    @Test
    void cosFaceTakesTheMarginOffTheTargetOnly() {
        assertThat(threeClasses(HeadSettings.Kind.COSFACE, .4)).isCloseTo(.615189, EXACT);
    }

    @Test
    void arcFaceAddsTheMarginToTheAngle() {
        assertThat(threeClasses(HeadSettings.Kind.ARCFACE, .5)).isCloseTo(.602050, EXACT);
    }

    private static double threeClasses(HeadSettings.Kind kind, double margin) {
        return Losses.classification(
                        head(kind, margin),
                        rows(1, .8, .1, -.2),
                        longs(0),
                        rows(1, 1).view(-1),
                        2,
                        margin,
                        null)
                .item_double();
    }

    @Test
    void arcFaceNeverRisesAgainPastItsTurningPoint() {
        // cos(π − .5) = −.877583: beyond it the target is cosθ − .5·sin(.5).
        Tensor own = rows(1, -.95, -.87).view(-1);
        Tensor target = Losses.arcFace(own, .5, null);
        assertThat(at(target, 0)).isCloseTo(-.95 - .5 * Math.sin(.5), EXACT);
        assertThat(at(target, 1)).isCloseTo(Math.cos(Math.acos(-.87) + .5), EXACT);
        double last = Double.NEGATIVE_INFINITY;
        for (double cosine = -1; cosine <= 1; cosine += .01) {
            double value = at(Losses.arcFace(rows(1, cosine).view(-1), .5, null), 0);
            assertThat(value).isGreaterThan(last);
            last = value;
        }
    }

    @Test
    void adaFaceMovesBetweenArcFaceAndCosFaceByTheLength() {
        Tensor own = rows(1, .8, .8, .8).view(-1);
        Tensor target = Losses.adaFace(own, rows(1, -1, 0, 1).view(-1), .4);
        assertThat(at(target, 0)).isCloseTo(.503198, EXACT);
        assertThat(at(target, 1)).isCloseTo(.4, EXACT);
        assertThat(at(target, 2)).isCloseTo(.170500, EXACT);
        assertThat(at(Losses.arcFace(own, .4, null), 0)).isCloseTo(.503198, EXACT);
    }

    @Test
    void adaFaceMeasuresTheLengthAgainstTheBatch() {
        // Mean 2, deviation 1; h = .333; the last is clipped from 1000 to 100, the others cannot reach ±1.
        Tensor quality = Losses.normQuality(rows(1, 1, 2, 3).view(-1), .333);
        assertThat(at(quality, 0)).isCloseTo(-.333 / 1.001, within(1e-6));
        assertThat(at(quality, 1)).isCloseTo(0, EXACT);
        Tensor wild = Losses.normQuality(
                rows(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1000).view(-1), 1);
        assertThat(at(wild, 15)).isEqualTo(1);
    }

    @Test
    void classesMayHaveMarginsOfTheirOwn() {
        Tensor cosine = rows(2, .8, .1, -.2, .8, .1, -.2);
        Tensor lengths = rows(1, 1, 1).view(-1);
        HeadSettings arc = head(HeadSettings.Kind.ARCFACE, .5);
        HeadSettings cos = head(HeadSettings.Kind.COSFACE, .4);
        Tensor target = longs(0, 0);
        double mixed = Losses.classification(
                        arc, cosine, target, lengths, 2, .5, rows(1, .5, 0).view(-1))
                .item_double();
        assertThat(mixed).isCloseTo((.602050 + .323483) / 2, EXACT);
        double mixedCos = Losses.classification(
                        cos, cosine, target, lengths, 2, .4, rows(1, .4, 0).view(-1))
                .item_double();
        assertThat(mixedCos).isCloseTo((.615189 + .323483) / 2, EXACT);
    }

    @Test
    void supConPullsImagesOfOneLabelTogether() {
        // Anchors 0 and 1 have one positive each at .126928; anchor 2 has none and does not count.
        Tensor unit = rows(3, 1, 0, 1, 0, 0, 1);
        assertThat(Losses.supCon(unit, new int[] {0, 0, 1}, .5).item_double()).isCloseTo(.126928, EXACT);
        assertThat(Losses.supCon(unit, new int[] {0, 1, 2}, .5).item_double()).isZero();
    }

    @Test
    void supConOfPairsIsThePairLoss() {
        SplittableRandom random = new SplittableRandom(3);
        Tensor unit = Losses.unitRows(random(random, 6, 5));
        assertThat(Losses.supCon(unit, new int[] {0, 0, 1, 1, 2, 2}, .2).item_double())
                .isCloseTo(Losses.pairs(unit, .2).item_double(), EXACT);
    }

    @Test
    void clusteringPullsTowardsTheOwnCentre() {
        Tensor centres = rows(2, 1, 0, 0, 1);
        assertThat(Losses.clustering(rows(1, 1, 0), centres, longs(0), .1).item_double())
                .isCloseTo(4.53989e-5, within(1e-9));
    }

    @Test
    void clusteringLeavesOutCentresThatAreNotKnownYet() {
        Tensor centres = rows(3, 1, 0, 0, 1, 0, 0);
        Tensor unit = rows(2, 1, 0, 0, 1);
        assertThat(Losses.clustering(unit, centres, longs(0, 2), .1).item_double())
                .isCloseTo(4.53989e-5, within(1e-9));
        assertThat(Losses.clustering(unit, centres, longs(2, 2), .1).item_double())
                .isZero();
    }

    @Test
    void aligningIsZeroWhereWeightsPointToTheirCentres() {
        Tensor centres = rows(2, .6, .8, 0, 1);
        assertThat(Losses.aligning(rows(2, 3, 4, 0, .1), centres).item_double()).isCloseTo(0, EXACT);
        // Cosines .6 and −1.
        assertThat(Losses.aligning(rows(2, 5, 0, 0, -2), centres).item_double()).isCloseTo((.4 + 2) / 2, EXACT);
        assertThat(Losses.aligning(rows(1, 5, 0), rows(1, 0, 0)).item_double()).isZero();
    }

    @Test
    void distillationAtTemperatureOneIsAlmostInert() {
        SplittableRandom random = new SplittableRandom(5);
        Tensor teacher = Losses.unitRows(random(random, 400, 512));
        Tensor student = Losses.unitRows(random(random, 400, 512));
        // METHODS gives .0021 and .943 for one random pair; the mean over pairs is 1 / (512 τ²).
        assertThat(temperature(1, student, teacher)).isCloseTo(1 / 512.0, within(.00005));
        assertThat(temperature(1, teacher.neg(), teacher)).isCloseTo(2 / 512.0, within(.0001));
        assertThat(temperature(.05, student, teacher)).isCloseTo(400 / 512.0, within(.03));
        assertThat(temperature(.05, teacher, teacher)).isCloseTo(0, EXACT);
        int below = 0;
        int belowSharp = 0;
        for (int i = 0; i < 400; i++) {
            below += temperature(1, student.narrow(0, i, 1), teacher.narrow(0, i, 1)) < .0021 ? 1 : 0;
            belowSharp += temperature(.05, student.narrow(0, i, 1), teacher.narrow(0, i, 1)) < .943 ? 1 : 0;
        }
        assertThat(below).isBetween(200, 399);
        assertThat(belowSharp).isBetween(200, 399);
    }

    private static double temperature(double t, Tensor student, Tensor teacher) {
        return Losses.distillation(
                        new DistillationSettings(DistillationSettings.Kind.TEMPERATURE, 1, t), student, teacher)
                .item_double();
    }

    @Test
    void distillationByCosineIsOneLessTheCosine() {
        DistillationSettings cosine = new DistillationSettings(DistillationSettings.Kind.COSINE, 1, 1);
        assertThat(Losses.distillation(cosine, rows(2, 1, 0, 0, 1), rows(2, .6, .8, 0, 1))
                        .item_double())
                .isCloseTo(.2, EXACT);
    }

    @ParameterizedTest
    @EnumSource(HeadSettings.Kind.class)
    void headsHaveTheGradientOfTheirDifferences(HeadSettings.Kind kind) {
        double margin = kind == HeadSettings.Kind.SOFTMAX ? 0 : .3;
        Tensor target = longs(0, 2, 1, 2);
        SplittableRandom random = new SplittableRandom(7);
        Tensor classWeights = random(random, 3, 4);
        UnaryOperator<Tensor> loss = x -> Losses.classification(
                head(kind, margin),
                Losses.cosines(Losses.unitRows(x), classWeights),
                target,
                // No gradient flows through lengths, which differences would show.
                rows(1, 1, 2, 3, 4).view(-1),
                4,
                margin,
                null);
        assertGradient(loss, random(random, 4, 4));
    }

    @Test
    void arcFaceHasTheGradientOfItsDifferencesPastItsTurningPoint() {
        assertGradient(own -> Losses.arcFace(own.view(-1), .5, null).sum(), rows(1, -.95, -.5, .3, .97));
    }

    @Test
    void otherTermsHaveTheGradientOfTheirDifferences() {
        SplittableRandom random = new SplittableRandom(11);
        Tensor centres = Losses.unitRows(random(random, 3, 4));
        Tensor teacher = Losses.unitRows(random(random, 4, 4));
        int[] labels = {0, 0, 1, 1};
        assertGradient(x -> Losses.supCon(Losses.unitRows(x), labels, .3), random(random, 4, 4));
        assertGradient(x -> Losses.pairs(Losses.unitRows(x), .3), random(random, 4, 4));
        assertGradient(
                x -> Losses.clustering(Losses.unitRows(x), centres, longs(0, 2, 1, 1), .3), random(random, 4, 4));
        assertGradient(w -> Losses.aligning(w, centres), random(random, 3, 4));
        for (DistillationSettings.Kind kind : DistillationSettings.Kind.values()) {
            DistillationSettings settings = new DistillationSettings(kind, 1, .3);
            assertGradient(x -> Losses.distillation(settings, Losses.unitRows(x), teacher), random(random, 4, 4));
        }
    }

    @Test
    void cornersAreHeldAgainstTheSideOfTheDocument() {
        Tensor whole = rows(1, 0, 0, 1, 0, 1, 1, 0, 1);
        Tensor quarter = rows(1, .25, .25, .75, .25, .75, .75, .25, .75);
        // One of eight numbers off by .1 of a side of 1, and by .1 of a side of .5: beyond .02 it is linear, less .01.
        assertThat(Losses.corners(rows(1, .1, 0, 1, 0, 1, 1, 0, 1), whole).item_double())
                .isCloseTo((.1 - .01) / 8, EXACT);
        assertThat(Losses.corners(rows(1, .35, .25, .75, .25, .75, .75, .25, .75), quarter)
                        .item_double())
                .isCloseTo((.2 - .01) / 8, EXACT);
        // .01 of a side lies within: half its square, by .02.
        assertThat(Losses.corners(rows(1, 0, .01, 1, 0, 1, 1, 0, 1), whole).item_double())
                .isCloseTo(.5 * .01 * .01 / .02 / 8, EXACT);
        assertThat(Losses.corners(quarter, quarter).item_double()).isZero();
        SplittableRandom random = new SplittableRandom(3);
        assertGradient(
                x -> Losses.corners(x, rows(2, .2, .1, .9, 0, 1, .8, -.1, 1.1, 0, 0, 1, 0, 1, 1, 0, 1)),
                random(random, 2, 8));
    }

    private static void assertGradient(UnaryOperator<Tensor> loss, Tensor at) {
        Tensor x = at.clone();
        x.set_requires_grad(true);
        loss.apply(x).backward();
        Tensor gradient = x.grad();
        double step = 1e-5;
        long[] shape = {at.size(0), at.size(1)};
        for (long row = 0; row < shape[0]; row++) {
            for (long column = 0; column < shape[1]; column++) {
                double up = loss.apply(moved(at, row, column, step)).item_double();
                double down = loss.apply(moved(at, row, column, -step)).item_double();
                assertThat(gradient.select(0, row).select(0, column).item_double())
                        .as("row %d column %d", row, column)
                        .isCloseTo((up - down) / (2 * step), within(1e-6));
            }
        }
    }

    private static Tensor moved(Tensor at, long row, long column, double by) {
        Tensor moved = at.clone();
        moved.select(0, row).select(0, column).add_(new org.bytedeco.pytorch.Scalar(by));
        return moved;
    }

    private static HeadSettings head(HeadSettings.Kind kind, double margin) {
        return new HeadSettings(kind, 64, 64, 0, margin, 0, 0, .333, 1, .1);
    }

    private static double at(Tensor vector, long index) {
        return vector.select(0, index).item_double();
    }

    private static Tensor longs(long... values) {
        return Losses.longs(values, torch.zeros(1L));
    }

    private static Tensor rows(int rows, double... values) {
        return torch.from_blob(
                        new DoublePointer(values),
                        new long[] {rows, values.length / rows},
                        new TensorOptions(ScalarType.Double))
                .clone();
    }

    private static Tensor random(SplittableRandom random, int rows, int columns) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        return rows(rows, values);
    }
}
