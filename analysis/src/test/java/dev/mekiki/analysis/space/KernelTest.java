package dev.mekiki.analysis.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelTest {

    // The tests run with the vector module, as the service does.
    @Test
    void takesTheVectorKernelWhereThereAreVectorInstructions() {
        assertThat(Kernel.FASTEST).isInstanceOf(VectorKernel.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 129, 256})
    void bothKernelsGiveTheSameBitsAsOnePairAtATime(int dimension) {
        Points rows = random(4, dimension, 1);
        Points columns = random(Panel.WIDTH, dimension, 2);
        float[] panel = new float[dimension * Kernel.COLUMNS];
        for (int c = 0; c < Kernel.COLUMNS; c++) {
            for (int d = 0; d < dimension; d++) {
                panel[d * Kernel.COLUMNS + c] = columns.at(c, d);
            }
        }
        float[] byVectors = new float[4 * Kernel.COLUMNS];
        float[] byScalars = new float[4 * Kernel.COLUMNS];
        float[] values = rows.values();
        new VectorKernel().fourRows(values, 0, dimension, 2 * dimension, 3 * dimension, dimension, panel, byVectors, 0);
        new ScalarKernel().fourRows(values, 0, dimension, 2 * dimension, 3 * dimension, dimension, panel, byScalars, 0);
        assertThat(byVectors).isEqualTo(byScalars);
        for (int r = 0; r < 4; r++) {
            for (int c = 0; c < Kernel.COLUMNS; c++) {
                float sum = 0;
                double exact = 0;
                for (int d = 0; d < dimension; d++) {
                    sum = Math.fma(rows.at(r, d), columns.at(c, d), sum);
                    exact += (double) rows.at(r, d) * columns.at(c, d);
                }
                assertThat(byVectors[r * Kernel.COLUMNS + c]).isEqualTo(sum).isCloseTo((float) exact, within(1e-4f));
            }
        }
    }

    @Test
    void panelsMultiplyAnyNumberOfRows() {
        Points points = random(70, 5, 3);
        Panel panel = new Panel(5);
        panel.fill(points, 60, 70);
        assertThat(panel.count()).isEqualTo(10);
        float[] out = new float[Panel.room(7)];
        panel.times(points, 3, 10, out);
        for (int i = 3; i < 10; i++) {
            for (int c = 0; c < 10; c++) {
                assertThat(out[(i - 3) * Panel.WIDTH + c]).isEqualTo(points.dot(i, 60 + c));
            }
        }
    }

    static Points random(int count, int dimension, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count * dimension];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Points.over(values, dimension);
    }
}
