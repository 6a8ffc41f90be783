package dev.mekiki.analysis.space;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** With the vector instructions of the processor; needs {@code --add-modules jdk.incubator.vector}. */
final class VectorKernel implements Kernel {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

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
        for (int column = 0; column < COLUMNS; column += 2 * SPECIES.length()) {
            twoVectors(rows, first, second, third, fourth, dimension, panel, column, out, to + column);
        }
    }

    /** Eight sums, all in registers; its own method, so that the compiler sees a small hot one. */
    private static void twoVectors(
            float[] rows,
            int first,
            int second,
            int third,
            int fourth,
            int dimension,
            float[] panel,
            int column,
            float[] out,
            int to) {
        int width = SPECIES.length();
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        int at = column;
        for (int d = 0; d < dimension; d++) {
            FloatVector left = FloatVector.fromArray(SPECIES, panel, at);
            FloatVector right = FloatVector.fromArray(SPECIES, panel, at + width);
            FloatVector x = FloatVector.broadcast(SPECIES, rows[first + d]);
            s00 = left.fma(x, s00);
            s01 = right.fma(x, s01);
            x = FloatVector.broadcast(SPECIES, rows[second + d]);
            s10 = left.fma(x, s10);
            s11 = right.fma(x, s11);
            x = FloatVector.broadcast(SPECIES, rows[third + d]);
            s20 = left.fma(x, s20);
            s21 = right.fma(x, s21);
            x = FloatVector.broadcast(SPECIES, rows[fourth + d]);
            s30 = left.fma(x, s30);
            s31 = right.fma(x, s31);
            at += COLUMNS;
        }
        s00.intoArray(out, to);
        s01.intoArray(out, to + width);
        s10.intoArray(out, to + COLUMNS);
        s11.intoArray(out, to + COLUMNS + width);
        s20.intoArray(out, to + 2 * COLUMNS);
        s21.intoArray(out, to + 2 * COLUMNS + width);
        s30.intoArray(out, to + 3 * COLUMNS);
        s31.intoArray(out, to + 3 * COLUMNS + width);
    }
}
