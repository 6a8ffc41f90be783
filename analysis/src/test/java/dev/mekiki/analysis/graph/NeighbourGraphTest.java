package dev.mekiki.analysis.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.analysis.measure.IntrinsicDimension;
import dev.mekiki.analysis.measure.RelativeLocalDensity;
import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.MeanDistance;
import dev.mekiki.analysis.space.Points;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NeighbourGraphTest {

    @Test
    void joinsWhereEitherIsNearTheOther() {
        // 0 and 1 are each other's nearest, 2's nearest is 1.
        Neighbours neighbours = new Neighbours(
                1, new int[] {1, 0, 1}, new float[] {.9f, .9f, .5f}, new int[] {-1, -1, -1}, new float[3]);
        NeighbourGraph graph = NeighbourGraph.unweighted(neighbours);
        assertThat(graph.edges()).isEqualTo(2);
        assertThat(graph.degree(0)).isEqualTo(1);
        assertThat(graph.degree(1)).isEqualTo(2);
        assertThat(graph.end(1, 0)).isZero();
        assertThat(graph.end(1, 1)).isEqualTo(2);
        assertThat(graph.strength(1)).isEqualTo(2);
    }

    @Test
    void joinsExactlyThePairsOfNeighbours() {
        Points points = ExactNearestNeighboursTest.unit(300, 4, 8);
        Neighbours neighbours = ExactNearestNeighboursTest.find(points, new Grouping(new int[300], 1), 4, 1);
        NeighbourGraph graph = NeighbourGraph.unweighted(neighbours);
        for (int i = 0; i < 300; i++) {
            List<Integer> expected = new ArrayList<>();
            for (int j = 0; j < 300; j++) {
                if (has(neighbours, i, j) || has(neighbours, j, i)) {
                    expected.add(j);
                }
            }
            List<Integer> ends = new ArrayList<>();
            for (int e = 0; e < graph.degree(i); e++) {
                ends.add(graph.end(i, e));
            }
            assertThat(ends).isEqualTo(expected);
        }
    }

    private static boolean has(Neighbours neighbours, int i, int j) {
        for (int rank = 0; rank < neighbours.count(i); rank++) {
            if (neighbours.neighbour(i, rank) == j) {
                return true;
            }
        }
        return false;
    }

    @Test
    void withAllNeighboursItsModularityIsTheRelativeLocalDensity() {
        Points points = ExactNearestNeighboursTest.unit(60, 5, 2);
        int[] classes = new SplittableRandom(4).ints(60, 0, 3).toArray();
        Neighbours all = ExactNearestNeighboursTest.find(points, new Grouping(new int[60], 1), 59, 1);
        NeighbourGraph graph =
                NeighbourGraph.unweighted(all).weighted(points::distance, MeanDistance.of(points, 1), .2);
        assertThat(graph.modularity(classes))
                .isCloseTo(RelativeLocalDensity.of(points, Grouping.of(classes), .2)[0], within(1e-6));
    }

    // Points of a random plane through the origin on the sphere spread in one dimension less than it has.
    @Test
    void findsInHowManyDimensionsPointsSpread() {
        SplittableRandom random = new SplittableRandom(6);
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            float[] row = new float[40];
            double squares = 0;
            for (int d = 0; d < 6; d++) {
                row[d * 5] = (float) random.nextGaussian();
                squares += row[d * 5] * row[d * 5];
            }
            for (int d = 0; d < 40; d++) {
                row[d] /= (float) Math.sqrt(squares);
            }
            rows.add(row);
        }
        Points points = Points.of(rows);
        Neighbours neighbours = ExactNearestNeighboursTest.find(points, new Grouping(new int[4_000], 1), 2, 2);
        IntrinsicDimension found = IntrinsicDimension.of(neighbours);
        assertThat(found.dimension()).isCloseTo(5, within(.4));
        assertThat(new IntrinsicDimension(5).chance(.5)).isCloseTo(1 / 32.0, within(1e-12));
    }
}
