package dev.mekiki.analysis.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The numbers of METHODS §3, worked by hand, and definitions written down once more. */
class MeasuresTest {

    private static final Points LINE =
            Points.of(List.of(new float[] {0}, new float[] {1}, new float[] {10}, new float[] {11}));
    private static final Points XOR = Points.of(List.of(
            new float[] {0, 0},
            new float[] {0, 1},
            new float[] {20, 0},
            new float[] {20, 1},
            new float[] {0, 20},
            new float[] {0, 21},
            new float[] {20, 20},
            new float[] {20, 21}));
    private static final Grouping CROSSED = Grouping.of(0, 0, 1, 1, 1, 1, 0, 0);

    @Test
    void separatedClassesOnALineAreDenseAtEveryScale() {
        Grouping halves = Grouping.of(0, 0, 1, 1);
        double[] density = RelativeLocalDensity.of(LINE, halves, 1, .2);
        assertThat(density[0]).isCloseTo(.365825, within(1e-6));
        assertThat(density[1]).isCloseTo(.499992, within(1e-6));
        assertThat(CalinskiHarabasz.of(LINE, halves)).isCloseTo(200, within(1e-9));
        assertThat(homogeneity(LINE, halves, 1, 3)).containsExactly(new double[] {1, 1 / 3.0}, within(1e-12));
    }

    @Test
    void mixedClassesOnALineAreNot() {
        Grouping mixed = Grouping.of(0, 1, 0, 1);
        assertThat(RelativeLocalDensity.of(LINE, mixed, 1)[0]).isCloseTo(-.433828, within(1e-6));
        assertThat(CalinskiHarabasz.of(LINE, mixed)).isCloseTo(.02, within(1e-9));
    }

    @Test
    void densityIsLocalWhereTheIndexIsNot() {
        assertThat(RelativeLocalDensity.of(XOR, CROSSED, .2)[0]).isCloseTo(.499739, within(1e-6));
        assertThat(CalinskiHarabasz.of(XOR, CROSSED)).isCloseTo(0, within(1e-9));
    }

    @Test
    void densityOfOneClassIsZeroAndOfManySeparatedOnesNearOne() {
        assertThat(RelativeLocalDensity.of(XOR, Grouping.of(0, 0, 0, 0, 0, 0, 0, 0), .2)[0])
                .isCloseTo(0, within(1e-12));
        assertThat(RelativeLocalDensity.of(XOR, Grouping.of(0, 0, 1, 1, 2, 2, 3, 3), .05)[0])
                .isCloseTo(1 - 1 / 4.0, within(1e-9));
    }

    @Test
    void densityDoesNotChangeWithSizeAndPlace() {
        Points elsewhere = Points.of(IntStream.range(0, XOR.count())
                .mapToObj(i -> new float[] {3 * XOR.at(i, 0) - 7, 3 * XOR.at(i, 1) + 50})
                .toList());
        assertThat(RelativeLocalDensity.of(elsewhere, CROSSED, .2, .1))
                .containsExactly(RelativeLocalDensity.of(XOR, CROSSED, .2, .1), within(1e-6));
    }

    @Test
    void densityIsTheModularityOfTheCompleteWeightedGraph() {
        SplittableRandom random = new SplittableRandom(4);
        int n = 40;
        List<float[]> rows = IntStream.range(0, n)
                .mapToObj(_ -> new float[] {(float) random.nextDouble(), (float) random.nextDouble()})
                .toList();
        int[] classes = random.ints(n, 0, 3).toArray();
        double tau = .5;
        double[][] d = new double[n][n];
        double mean = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                d[i][j] = Math.hypot(rows.get(i)[0] - rows.get(j)[0], rows.get(i)[1] - rows.get(j)[1]) / Math.sqrt(2);
                mean += d[i][j] / (n * (n - 1.0));
            }
        }
        double[][] s = new double[n][n];
        double[] r = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                s[i][j] = i == j ? 0 : Math.exp(-d[i][j] / (mean * tau));
                r[i] += s[i][j];
            }
        }
        double[][] w = new double[n][n];
        double[] k = new double[n];
        double total = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                w[i][j] = n * n * s[i][j] * s[i][j] / (r[i] * r[j]);
                k[i] += w[i][j];
                total += w[i][j];
            }
        }
        double modularity = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                modularity += classes[i] == classes[j] ? (w[i][j] - k[i] * k[j] / total) / total : 0;
            }
        }
        assertThat(RelativeLocalDensity.of(Points.of(rows), Grouping.of(classes), tau)[0])
                .isCloseTo(modularity, within(1e-6));
    }

    @Test
    void homogeneityIsThatOfTheSortedNeighbours() {
        SplittableRandom random = new SplittableRandom(5);
        int n = 700;
        List<float[]> rows = IntStream.range(0, n)
                .mapToObj(_ -> new float[] {(float) random.nextDouble(), (float) random.nextDouble()})
                .toList();
        Points points = Points.of(rows);
        Grouping classes = new Grouping(random.ints(n, 0, 4).toArray(), 4);
        int[] around = random.ints(150, 0, n).distinct().toArray();
        int[] neighbours = {1, 10, 300};
        double[] expected = new double[3];
        for (int i : around) {
            int[] sorted = IntStream.range(0, n)
                    .filter(j -> j != i)
                    .boxed()
                    .sorted(Comparator.comparingDouble(j -> points.distance(i, j)))
                    .mapToInt(j -> j)
                    .toArray();
            for (int p = 0; p < 3; p++) {
                expected[p] += Arrays.stream(sorted, 0, neighbours[p])
                                .filter(j -> classes.of(j) == classes.of(i))
                                .count()
                        / (double) neighbours[p]
                        / around.length;
            }
        }
        try (Workers workers = new Workers(2, () -> false)) {
            // Neighbours equally near up to rounding may change places.
            assertThat(ClassHomogeneity.of(points, classes, around, neighbours, workers))
                    .containsExactly(expected, within(1e-4));
        }
    }

    @Test
    void indexIsUndefinedWithoutTwoClassesOrSpread() {
        assertThat(CalinskiHarabasz.of(LINE, Grouping.of(0, 0, 0, 0))).isNaN();
        assertThat(CalinskiHarabasz.of(LINE, Grouping.of(0, 1, 2, 3))).isNaN();
    }

    @Test
    void refusesMoreNeighboursThanThereAre() {
        assertThatThrownBy(() -> homogeneity(LINE, Grouping.of(0, 0, 1, 1), 4))
                .hasMessageStartingWith("neighbours: [4] around 4 points (expected: each in 1..3");
    }

    private static double[] homogeneity(Points points, Grouping classes, int... neighbours) {
        try (Workers workers = new Workers(1, () -> false)) {
            return ClassHomogeneity.of(
                    points, classes, IntStream.range(0, points.count()).toArray(), neighbours, workers);
        }
    }
}
