package dev.mekiki.service;

import dev.mekiki.client.bulk.PackedVectors;
import dev.mekiki.client.bulk.RowCursor;
import dev.mekiki.client.bulk.RowSource;
import dev.mekiki.client.bulk.SourceRow;
import dev.mekiki.v1.ImportRow;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Invented vectors, five under each main label and each under a label path of its own; the same at every reading.
 *
 * @param count how many
 * @param dimension of the vectors
 * @param spaceDigest of the served model
 */
record ImportedRows(int count, int dimension, String spaceDigest) implements RowSource {

    @Override
    public RowCursor open(long offset) {
        return new RowCursor() {
            private int next = Math.toIntExact(offset);

            @Override
            public @Nullable SourceRow next() {
                return next < count ? row(next++) : null;
            }

            @Override
            public void close() {}
        };
    }

    static String label(int row) {
        return "label-%05d/side-%d".formatted(row / 5, row % 5);
    }

    /** Of unit length. */
    float[] vector(int row) {
        Random random = new Random(20261124L + row);
        float[] vector = new float[dimension];
        double squares = 0;
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
            squares += (double) vector[i] * vector[i];
        }
        float length = (float) Math.sqrt(squares);
        for (int i = 0; i < dimension; i++) {
            vector[i] /= length;
        }
        return vector;
    }

    private SourceRow row(int row) {
        return new SourceRow.Usable(
                "row " + row,
                ImportRow.newBuilder()
                        .setLabel(label(row))
                        .setEmbedding(PackedVectors.pack(spaceDigest, vector(row)))
                        .build());
    }
}
