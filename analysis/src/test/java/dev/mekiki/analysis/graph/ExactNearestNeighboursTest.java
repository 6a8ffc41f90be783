package dev.mekiki.analysis.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExactNearestNeighboursTest {

    @ParameterizedTest
    @CsvSource({"2, 1, 1", "65, 3, 1", "256, 5, 2", "700, 20, 1", "700, 20, 3"})
    void findsWhatSortingAllPairsFinds(int n, int k, int threads) {
        Points points = unit(n, 6, 11);
        // Some twice, so that cosines are equal.
        Grouping groups = new Grouping(new SplittableRandom(3).ints(n, 0, 5).toArray(), 5);
        Neighbours found = find(points, groups, k, threads);
        for (int i = 0; i < n; i++) {
            int own = i;
            Comparator<Integer> nearer = Comparator.<Integer>comparingDouble(j -> -points.dot(own, j))
                    .thenComparing(j -> j);
            List<Integer> sorted = IntStream.range(0, n)
                    .filter(j -> j != own)
                    .boxed()
                    .sorted(nearer)
                    .toList();
            for (int rank = 0; rank < k; rank++) {
                assertThat(found.neighbour(i, rank)).isEqualTo(sorted.get(rank));
                assertThat(found.cosine(i, rank)).isEqualTo(points.dot(i, sorted.get(rank)));
            }
            int rival = sorted.stream()
                    .filter(j -> groups.of(j) != groups.of(own))
                    .findFirst()
                    .orElse(-1);
            assertThat(found.rival(i)).isEqualTo(rival);
        }
    }

    @Test
    void hasNoRivalInOneGroup() {
        Neighbours found = find(unit(10, 4, 1), new Grouping(new int[10], 1), 3, 1);
        assertThat(found.rival(4)).isEqualTo(-1);
        assertThat(found.rivalCosine(4)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(found.count(4)).isEqualTo(3);
    }

    @Test
    void tellsHowFarItIsAndEndsWhenCancelled() {
        Points points = unit(1_000, 4, 1);
        Grouping groups = new Grouping(new int[1_000], 1);
        List<Double> shares = new ArrayList<>();
        try (Workers workers = new Workers(1, () -> shares.size() == 2)) {
            assertThatThrownBy(() ->
                            new ExactNearestNeighbours().find(points, groups, 3, workers, share -> shares.add(share)))
                    .isInstanceOf(CancellationException.class);
        }
        // Four blocks; the last one meets all four, the one before it three.
        assertThat(shares).containsExactly(.4, .7);
    }

    static Neighbours find(Points points, Grouping groups, int k, int threads) {
        try (Workers workers = new Workers(threads, () -> false)) {
            return new ExactNearestNeighbours().find(points, groups, k, workers, _ -> {});
        }
    }

    static Points unit(int n, int dimension, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            if (i % 10 == 9) {
                rows.add(rows.get(random.nextInt(i)));
                continue;
            }
            float[] row = new float[dimension];
            double squares = 0;
            for (int d = 0; d < dimension; d++) {
                row[d] = (float) random.nextGaussian();
                squares += row[d] * row[d];
            }
            for (int d = 0; d < dimension; d++) {
                row[d] /= (float) Math.sqrt(squares);
            }
            rows.add(row);
        }
        return Points.of(rows);
    }
}
