package dev.mekiki.analysis.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PointsTest {

    @Test
    void tellsDistancesAndProducts() {
        Points points = Points.of(List.of(new float[] {3, 4, 0, 0, 1}, new float[] {0, 0, 0, 0, 1}));
        assertThat(points.distance(0, 1)).isEqualTo(5);
        assertThat(points.dot(0, 1)).isEqualTo(1);
        assertThat(points.halfSquare(0)).isEqualTo(13);
        assertThat(points.only(new int[] {1}).row(0)).containsExactly(0, 0, 0, 0, 1);
        assertThat(MeanDistance.of(points, 1)).isEqualTo(5);
    }

    @Test
    void drawsPairsOfManyPoints() {
        Points points = KernelTest.random(2_000, 8, 5);
        double sum = 0;
        for (int i = 0; i < 2_000; i++) {
            for (int j = 0; j < i; j++) {
                sum += points.distance(i, j);
            }
        }
        assertThat(MeanDistance.of(points, 1)).isCloseTo(sum / (2_000 * 1_999 / 2), within(.01));
    }

    @Test
    void refusesRowsOfDifferentLengthsAndWhatIsNotFinite() {
        assertThatThrownBy(() -> Points.of(List.of(new float[] {1, 2}, new float[] {1})))
                .hasMessage("rows[1]: 1 values (expected: 2, as rows[0])");
        assertThatThrownBy(() -> Points.over(new float[] {1, Float.NaN}, 1))
                .hasMessage("values[1]: NaN (expected: finite numbers)");
        assertThatThrownBy(() -> Points.over(new float[3], 2))
                .hasMessageStartingWith("values: 3 (expected: a multiple");
    }

    @Test
    void groupsPoints() {
        Grouping groups = Grouping.of(2, 0, 2, 2);
        assertThat(groups.groups()).isEqualTo(3);
        assertThat(groups.occupied()).isEqualTo(2);
        assertThat(groups.members(2)).containsExactly(0, 2, 3);
        assertThat(groups.members(1)).isEmpty();
        assertThatThrownBy(() -> new Grouping(new int[] {3}, 3)).hasMessage("group: 3 (expected: 0..2)");
    }
}
