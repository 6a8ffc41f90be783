package dev.mekiki.analysis.space;

/** For a JVM without the vector module; several times slower. */
final class ScalarKernel implements Kernel {

    @Override
    public void fourRows(
            float[] rows,
            int first,
            int second,
            int third,
            int fourth,
            int dimension,
            float[] panel,
            float[] out,
            int to) {
        for (int column = 0; column < COLUMNS; column++) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            int at = column;
            for (int d = 0; d < dimension; d++) {
                float y = panel[at];
                s0 = Math.fma(rows[first + d], y, s0);
                s1 = Math.fma(rows[second + d], y, s1);
                s2 = Math.fma(rows[third + d], y, s2);
                s3 = Math.fma(rows[fourth + d], y, s3);
                at += COLUMNS;
            }
            out[to + column] = s0;
            out[to + COLUMNS + column] = s1;
            out[to + 2 * COLUMNS + column] = s2;
            out[to + 3 * COLUMNS + column] = s3;
        }
    }
}
