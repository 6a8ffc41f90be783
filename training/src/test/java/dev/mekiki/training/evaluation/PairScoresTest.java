package dev.mekiki.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairScoresTest {

    private static final double[] LIMITS = {.5, .1, .01, .001};

    // Scores .1 … 1 of ten negatives; .55, .85, .95 and 1 of positives.
    @Test
    void readsTheRateAtTheLargestFalsePositiveRateThatIsAllowed() {
        PairScores scores =
                scored(new double[] {.1, .2, .3, .4, .5, .6, .7, .8, .9, 1}, new double[] {.55, .85, .95, 1});
        List<Verification.Point> points =
                scores.table(new ClassBootstrap(11, 0, 0), .25, .1, .05, 1).points();
        // Two of ten negatives may pass: the threshold is the third, .8.
        assertThat(points.get(0).achieved()).isEqualTo(.2);
        assertThat(points.get(0).threshold()).isCloseTo(.8, within(1e-6));
        assertThat(points.get(0).truePositiveRate()).isEqualTo(.75);
        assertThat(points.get(1).truePositiveRate()).isEqualTo(.5);
        // None may pass: the positive that ties with the best negative is lost with it.
        assertThat(points.get(2).achieved()).isZero();
        assertThat(points.get(2).truePositiveRate()).isZero();
        assertThat(points.get(3).truePositiveRate()).isEqualTo(1);
    }

    @Test
    void rejectsAllNegativesThatTie() {
        Verification.Point point = scored(new double[] {.1, .5, .5, .5}, new double[] {.6})
                .table(new ClassBootstrap(5, 0, 0), .5)
                .points()
                .getFirst();
        assertThat(point.achieved()).isZero();
        assertThat(point.truePositiveRate()).isEqualTo(1);
    }

    // Labels 0 (three photographs) and 1, 2 (two each): drawn 2, 0 and 1 times. Positives: 2·3 of label 0, 1 of label
    // 2.
    // Negatives: of labels 0 and 2 only, each pair twice.
    @Test
    void countsPairsByHowOftenTheirLabelsWereDrawn() {
        SplittableRandom random = new SplittableRandom(3);
        int[] labels = {0, 0, 0, 1, 1, 2, 2};
        List<float[]> vectors = unit(random, labels, 3, .5);
        double[] found = PairScores.among(vectors, labels).truePositiveRates(new int[] {2, 0, 1}, LIMITS);
        assertThat(found).containsExactly(reference(vectors, labels, new int[] {2, 0, 1}), within(1e-12));
    }

    @Test
    void agreesWithARepeatedSampleWhoseCopiesAreNotPaired() {
        SplittableRandom random = new SplittableRandom(7);
        for (int run = 0; run < 30; run++) {
            int[] labels = random.ints(40, 0, 8).toArray();
            List<float[]> vectors = unit(random, labels, 8, .7);
            PairScores scores = PairScores.among(vectors, labels);
            int[] times = random.ints(8, 0, 4).toArray();
            assertThat(scores.truePositiveRates(times, LIMITS))
                    .containsExactly(reference(vectors, labels, times), within(1e-12));
        }
    }

    /** All pairs of the repeated sample, sorted; pairs of two copies of one label left out. */
    private static double[] reference(List<float[]> vectors, int[] labels, int[] times) {
        List<float[]> repeated = new ArrayList<>();
        List<int[]> origins = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            for (int copy = 0; copy < times[labels[i]]; copy++) {
                repeated.add(vectors.get(i));
                origins.add(new int[] {labels[i], copy});
            }
        }
        List<Float> positives = new ArrayList<>();
        List<Float> negatives = new ArrayList<>();
        for (int i = 0; i < repeated.size(); i++) {
            for (int j = 0; j < i; j++) {
                boolean sameLabel = origins.get(i)[0] == origins.get(j)[0];
                boolean sameCopy = origins.get(i)[1] == origins.get(j)[1];
                if (!sameLabel || sameCopy) {
                    float score = (float) ((PairScores.cosine(repeated.get(i), repeated.get(j)) + 1) / 2);
                    (sameLabel ? positives : negatives).add(score);
                }
            }
        }
        double[] rates = new double[LIMITS.length];
        for (int l = 0; l < rates.length; l++) {
            double best = 0;
            // Whatever threshold is taken, also one below every score.
            List<Float> thresholds = new ArrayList<>(negatives);
            thresholds.add(-1f);
            for (float threshold : thresholds) {
                long mistaken = negatives.stream().filter(s -> s > threshold).count();
                if (mistaken <= LIMITS[l] * negatives.size() + 1e-9) {
                    best = Math.max(
                            best,
                            (double) positives.stream()
                                            .filter(s -> s > threshold)
                                            .count()
                                    / positives.size());
                }
            }
            rates[l] = best;
        }
        return rates;
    }

    @Test
    void widensTheIntervalOfFewLabels() {
        SplittableRandom random = new SplittableRandom(1);
        int[] few = IntStream.range(0, 10 * 6).map(i -> i / 6).toArray();
        int[] many = IntStream.range(0, 60 * 6).map(i -> i / 6).toArray();
        Estimate narrow = PairScores.among(unit(random, many, 60, 1.2), many)
                .table(new ClassBootstrap(60, 300, 1), .01)
                .points()
                .getFirst()
                .estimate();
        Estimate wide = PairScores.among(unit(random, few, 10, 1.2), few)
                .table(new ClassBootstrap(10, 300, 1), .01)
                .points()
                .getFirst()
                .estimate();
        assertThat(narrow.low()).isLessThan(narrow.value());
        assertThat(narrow.high()).isGreaterThan(narrow.value());
        assertThat(wide.high() - wide.low()).isGreaterThan(narrow.high() - narrow.low());
    }

    @Test
    void givesNoIntervalWhereHardlyANegativeMayPass() {
        SplittableRandom random = new SplittableRandom(1);
        int[] labels = IntStream.range(0, 60).map(i -> i / 3).toArray();
        List<Verification.Point> points = PairScores.among(unit(random, labels, 20, 1), labels)
                .table(new ClassBootstrap(20, 200, 1), .01, .001)
                .points();
        // 1,710 negative pairs: 17 and 1 may pass.
        assertThat(points.get(0).estimate().low()).isNotNaN();
        assertThat(points.get(1).estimate().low()).isNaN();
    }

    @Test
    void drawsTheCharacteristicThatCountingGives() {
        SplittableRandom random = new SplittableRandom(5);
        int[] labels = random.ints(120, 0, 12).toArray();
        List<float[]> vectors = unit(random, labels, 12, .8);
        PairScores scores = PairScores.among(vectors, labels);
        List<Curves.Operating> curve = scores.curves().characteristic();
        assertThat(curve).hasSizeGreaterThan(20);
        double before = 0;
        for (Curves.Operating point : curve) {
            long mistaken = 0;
            long found = 0;
            for (int i = 0; i < labels.length; i++) {
                for (int j = 0; j < i; j++) {
                    float score = (float) ((PairScores.cosine(vectors.get(i), vectors.get(j)) + 1) / 2);
                    if (score >= point.threshold()) {
                        found += labels[i] == labels[j] ? 1 : 0;
                        mistaken += labels[i] == labels[j] ? 0 : 1;
                    }
                }
            }
            assertThat(point.falsePositiveRate()).isEqualTo((double) mistaken / scores.negativeCount());
            assertThat(point.truePositiveRate()).isEqualTo((double) found / scores.positiveCount());
            assertThat(point.falsePositiveRate()).isGreaterThan(before);
            before = point.falsePositiveRate();
        }
        assertThat(before).isEqualTo(1);
    }

    @Test
    void spreadsTheHistogramOverAllPairs() {
        Curves curves =
                scored(new double[] {.105, .105, .9951}, new double[] {.555}).curves();
        assertThat(curves.negatives().get(10)).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(curves.negatives().get(99)).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(curves.positives().get(55)).isEqualTo(1);
    }

    // Scores that lie below all that are kept do not matter to a small rate; only the histogram knows them.
    @Test
    void keepsAllPairsOfSomeThousandPhotographsInLittleMemory() {
        SplittableRandom random = new SplittableRandom(9);
        int[] labels = IntStream.range(0, 4000).map(i -> i / 8).toArray();
        List<float[]> vectors = unit(random, labels, 500, 1);
        PairScores scores = PairScores.among(vectors, labels);
        assertThat(scores.positiveCount()).isEqualTo(500L * 28);
        assertThat(scores.negativeCount()).isEqualTo(4000L * 3999 / 2 - 500L * 28);
        assertThat(scores.keptNegatives()).isBetween(4_000_000, 4_400_000);
        Verification.Point point =
                scores.table(new ClassBootstrap(500, 0, 0), 1e-2).points().getFirst();
        assertThat(point.achieved()).isCloseTo(1e-2, within(1e-6));
    }

    @Test
    void refusesMorePairsThanFit() {
        List<float[]> vectors = Collections.nCopies(20_000, new float[] {1, 0});
        assertThatThrownBy(() -> PairScores.among(vectors, new int[20_000]))
                .hasMessageStartingWith("pairs: 199990000 (expected: at most 130000000");
    }

    /** Pairs of these scores: registered label 0 with photographs of it, and of as many others. */
    private static PairScores scored(double[] negatives, double[] positives) {
        List<float[]> photographs = new ArrayList<>();
        int[] labels = new int[negatives.length + positives.length];
        for (double score : negatives) {
            labels[photographs.size()] = photographs.size() + 1;
            photographs.add(at(score));
        }
        for (double score : positives) {
            photographs.add(at(score));
        }
        return PairScores.between(photographs, labels, List.of(new float[] {1, 0}), new int[] {0});
    }

    private static float[] at(double score) {
        double cosine = 2 * score - 1;
        return new float[] {(float) cosine, (float) Math.sqrt(1 - cosine * cosine)};
    }

    /** A random direction for each label, and noise about it. */
    static List<float[]> unit(SplittableRandom random, int[] labels, int labelCount, double noise) {
        int dimension = 12;
        double[][] centres = new double[labelCount][dimension];
        for (double[] centre : centres) {
            Arrays.setAll(centre, _ -> random.nextGaussian());
        }
        List<float[]> vectors = new ArrayList<>();
        for (int label : labels) {
            double[] v = new double[dimension];
            double squares = 0;
            for (int d = 0; d < dimension; d++) {
                v[d] = centres[label][d] + noise * random.nextGaussian();
                squares += v[d] * v[d];
            }
            float[] vector = new float[dimension];
            for (int d = 0; d < dimension; d++) {
                vector[d] = (float) (v[d] / Math.sqrt(squares));
            }
            vectors.add(vector);
        }
        return vectors;
    }
}
