package dev.mekiki.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CorrelationTest {
    private static final int[] ONCE = {1, 1, 1, 1};

    // x̄=2.5, ȳ=3.75; Σxy=5.5, Σxx=5, Σyy=8.75 about the means: 5.5/√43.75.
    @Test
    void givesPearsonsCoefficientWorkedByHand() {
        double[] x = {1, 2, 3, 4};
        double[] y = {2, 4, 3, 6};
        assertThat(Correlation.pearson(x, y, ONCE)).isCloseTo(5.5 / Math.sqrt(43.75), within(1e-12));
        // Ranks of y are 1, 3, 2, 4: 1 − 6·2/(4·15).
        assertThat(Correlation.spearman(x, y, ONCE)).isCloseTo(.8, within(1e-12));
    }

    @Test
    void seesAnOrderThatIsNoLine() {
        double[] x = {1, 2, 3, 4};
        double[] y = {1, 10, 100, 1000};
        assertThat(Correlation.spearman(x, y, ONCE)).isEqualTo(1);
        assertThat(Correlation.pearson(x, y, ONCE)).isLessThan(.9);
        assertThat(Correlation.spearman(x, new double[] {4, 3, 2, 1}, ONCE)).isEqualTo(-1);
    }

    @Test
    void letsEqualValuesShareTheirMeanRank() {
        assertThat(Correlation.ranks(new double[] {5, 1, 5, 3}, ONCE)).containsExactly(3.5, 1, 3.5, 2);
    }

    @Test
    void isUndefinedWhereNothingVaries() {
        assertThat(Correlation.pearson(new double[] {1, 1, 1, 1}, new double[] {1, 2, 3, 4}, ONCE))
                .isNaN();
    }

    @Test
    void countsAPairAsOftenAsItIsThere() {
        SplittableRandom random = new SplittableRandom(2);
        for (int run = 0; run < 50; run++) {
            int n = 12;
            double[] x = random.doubles(n).map(v -> Math.rint(v * 6)).toArray();
            double[] y = random.doubles(n).toArray();
            int[] times = random.ints(n, 0, 4).toArray();
            List<Double> longX = new ArrayList<>();
            List<Double> longY = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                for (int t = 0; t < times[i]; t++) {
                    longX.add(x[i]);
                    longY.add(y[i]);
                }
            }
            double[] repeatedX = longX.stream().mapToDouble(v -> v).toArray();
            double[] repeatedY = longY.stream().mapToDouble(v -> v).toArray();
            int[] once = new int[repeatedX.length];
            Arrays.fill(once, 1);
            assertThat(Correlation.spearman(x, y, times))
                    .isCloseTo(Correlation.spearman(repeatedX, repeatedY, once), within(1e-12));
        }
    }
}
