package dev.mekiki.analysis.opinion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinearHeadTest {

    private static final int DIMENSION = 6;

    private final SplittableRandom random = new SplittableRandom(4);

    private Points points(int count) {
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] row = new float[DIMENSION];
            double squares = 0;
            for (int d = 0; d < DIMENSION; d++) {
                row[d] = (float) random.nextGaussian();
                squares += row[d] * row[d];
            }
            for (int d = 0; d < DIMENSION; d++) {
                row[d] /= (float) Math.sqrt(squares);
            }
            rows.add(row);
        }
        return Points.of(rows);
    }

    @Test
    void goesDownTheSlopeThatDifferencesShow() {
        Points points = points(20);
        int[] labels = random.ints(20, -1, 3).toArray();
        LinearHead.Loss loss = new LinearHead.Loss(points, labels, 3, .1);
        double[] weights = random.doubles(3 * (DIMENSION + 1)).toArray();
        double[] gradient;
        try (Workers workers = new Workers(2, () -> false)) {
            gradient = loss.gradient(weights, workers);
        }
        for (int w = 0; w < weights.length; w++) {
            double at = weights[w];
            weights[w] = at + 1e-5;
            double above = loss.of(weights);
            weights[w] = at - 1e-5;
            double below = loss.of(weights);
            weights[w] = at;
            assertThat(gradient[w]).as("weight " + w).isCloseTo((above - below) / 2e-5, within(1e-8));
        }
    }

    // What a line tells apart it does, and what nobody told it is told as well.
    @Test
    void tellsApartWhatALineTellsApart() {
        Points points = points(400);
        int[] truth = new int[400];
        int[] told = new int[400];
        for (int i = 0; i < 400; i++) {
            truth[i] = points.at(i, 0) + points.at(i, 1) > .4 ? 2 : points.at(i, 2) > 0 ? 1 : 0;
            told[i] = i % 2 == 0 ? truth[i] : -1;
        }
        LinearHead one;
        LinearHead two;
        try (Workers alone = new Workers(1, () -> false);
                Workers together = new Workers(2, () -> false)) {
            one = LinearHead.train(points, told, 3, 1e-4, 500, alone);
            two = LinearHead.train(points, told, 3, 1e-4, 500, together);
        }
        int right = 0;
        for (int i = 1; i < 400; i += 2) {
            right += one.of(points, i) == truth[i] ? 1 : 0;
            assertThat(two.of(points, i)).isEqualTo(one.of(points, i));
        }
        assertThat(right).isGreaterThan(180);
    }

    @Test
    void refusesWhatIsNoTask() {
        Points points = points(4);
        try (Workers workers = new Workers(1, () -> false)) {
            assertThatThrownBy(() -> LinearHead.train(points, new int[3], 2, .1, 1, workers))
                    .hasMessageContaining("4, as many as points");
            assertThatThrownBy(() -> LinearHead.train(points, new int[4], 2, 0, 1, workers))
                    .hasMessageContaining("positive, and at least 1");
        }
    }
}
