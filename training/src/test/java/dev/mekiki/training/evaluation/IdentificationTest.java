package dev.mekiki.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdentificationTest {

    private static final double[] LIMITS = {.3, .1, .02};
    private static final int LABELS = 10;
    private static final int[] REGISTERED = IntStream.range(0, LABELS).toArray();

    @Test
    void agreesWithCountingInARepeatedSample() {
        SplittableRandom random = new SplittableRandom(4);
        for (int run = 0; run < 20; run++) {
            int[] labels = random.ints(60, 0, LABELS).toArray();
            List<float[]> both = PairScoresTest.unit(
                    random,
                    IntStream.concat(IntStream.of(REGISTERED), IntStream.of(labels))
                            .toArray(),
                    LABELS,
                    1);
            List<float[]> registered = both.subList(0, LABELS);
            List<float[]> photographs = both.subList(LABELS, both.size());
            long seed = run;
            Identification answers = Identification.of(registered, REGISTERED, photographs, labels, LABELS, 3, seed);
            int[] times = random.ints(LABELS, 0, 3).toArray();
            BitSet some = new BitSet();
            IntStream.range(0, labels.length).filter(i -> i % 3 != 0).forEach(some::set);

            double[] found = answers.truePositiveRates(times, some, LIMITS);
            for (int l = 0; l < LIMITS.length; l++) {
                double[] expected = reference(registered, photographs, labels, times, some, LIMITS[l], seed);
                assertThat(found[l]).isCloseTo(expected[0], within(1e-12));
                assertThat(answers.falsePositiveRate(times, some, LIMITS[l])).isCloseTo(expected[1], within(1e-12));
            }
        }
    }

    /** Photographs written out as often as their labels were drawn, every threshold tried. */
    private static double[] reference(
            List<float[]> registered,
            List<float[]> photographs,
            int[] labels,
            int[] times,
            BitSet some,
            double limit,
            long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] named = new double[3];
        double[] mistaken = new double[3];
        for (int split = 0; split < 3; split++) {
            boolean[] known = Identification.half(LABELS, random);
            List<Integer> friends = new ArrayList<>();
            List<Integer> strangers = new ArrayList<>();
            for (int i = 0; i < labels.length; i++) {
                for (int copy = 0; copy < times[labels[i]]; copy++) {
                    (known[labels[i]] ? friends : strangers).add(i);
                }
            }
            float[] best = new float[labels.length];
            int[] answer = new int[labels.length];
            for (int i = 0; i < labels.length; i++) {
                best[i] = -2;
                for (int r = 0; r < LABELS; r++) {
                    float cosine = (float) PairScores.cosine(photographs.get(i), registered.get(r));
                    if (known[r] && cosine > best[i]) {
                        best[i] = cosine;
                        answer[i] = r;
                    }
                }
            }
            double threshold = 2;
            List<Float> candidates = new ArrayList<>(List.of(-1f));
            strangers.forEach(s -> candidates.add(best[s]));
            for (float candidate : candidates) {
                long passing =
                        strangers.stream().filter(s -> best[s] > candidate).count();
                if (passing <= limit * strangers.size() + 1e-9) {
                    threshold = Math.min(threshold, candidate);
                }
            }
            double cut = threshold;
            named[split] = share(friends, some, i -> answer[i] == labels[i] && best[i] > cut);
            mistaken[split] = share(strangers, some, i -> best[i] > cut);
        }
        return new double[] {mean(named), mean(mistaken)};
    }

    private static double share(List<Integer> photographs, BitSet some, IntPredicate counted) {
        List<Integer> chosen = photographs.stream().filter(some::get).toList();
        return chosen.isEmpty()
                ? Double.NaN
                : (double) chosen.stream().filter(i -> counted.test(i)).count() / chosen.size();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).filter(v -> !Double.isNaN(v)).average().orElse(Double.NaN);
    }

    // Two labels, either of which is registered. The third photograph is of a and shows b: if b is registered, it is a
    // stranger who scores as high as b's own photograph; if a is, it scores no higher than the stranger b.
    @Test
    void countsInHowManyHalvesAPhotographIsMissed() {
        float[] a = {1, 0};
        float[] b = {0, 1};
        Identification answers =
                Identification.of(List.of(a, b), new int[] {0, 1}, List.of(a, b, b), new int[] {0, 1, 0}, 2, 40, 1);
        double[] missed = answers.missedShares(0.0);
        assertThat(missed).containsExactly(0, 1, 1);
    }

    @Test
    void refusesMoreScoresThanFit() {
        List<float[]> photographs = Collections.nCopies(20_000, new float[] {1});
        assertThatThrownBy(() -> Identification.of(List.of(), new int[0], photographs, new int[0], 10_000, 1, 1))
                .hasMessageStartingWith("photographs, labels: 20000, 10000 (expected: a product of at most");
    }
}
