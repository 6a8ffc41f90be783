package dev.mekiki.training.engine;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Remembers a centre of each class and how far embeddings lie from it. Read by all parts during a step, changed between
 * steps only, in the order of the batch; so the result does not depend on which thread was faster.
 */
final class ClassCentres {
    private final int dimension;
    private final Tensor device;

    /** {@code [classes × dimension]}, unit vectors, zero for classes not seen yet; the device's copy follows. */
    private final float[] centres;

    private final float[] distances;
    private final float[] counts;
    private float[] leans;

    ClassCentres(int classes, int dimension, TensorOptions options) {
        this.dimension = dimension;
        device = torch.zeros(new long[] {classes, dimension}, options);
        centres = new float[Math.multiplyExact(classes, dimension)];
        distances = new float[classes];
        counts = new float[classes];
        leans = new float[classes];
    }

    /** {@code [classes, dimension]}; not to be changed. */
    Tensor all() {
        return device;
    }

    /** {@code [taken.length, dimension]}: a copy of some of them. */
    Tensor rows(int[] taken) {
        return device.index_select(
                0, Losses.longs(Arrays.stream(taken).asLongStream().toArray(), device));
    }

    /** How much the margin of a class leans to more (1) or less (−1). */
    float lean(int label) {
        return leans[label];
    }

    /**
     * Adds embeddings to the centres of their classes: {@code μ ← normalise(ρμ + (1−ρ)z)}.
     *
     * @param units {@code [labels.length × dimension]}, rows of unit length
     * @param memory ρ
     */
    void add(int[] labels, float[] units, double memory) {
        for (int i = 0; i < labels.length; i++) {
            int at = labels[i] * dimension;
            double squares = 0;
            double apart = 0;
            boolean known = false;
            float[] next = new float[dimension];
            for (int d = 0; d < dimension; d++) {
                float z = units[i * dimension + d];
                float before = centres[at + d];
                known |= before != 0;
                apart += (z - before) * (double) (z - before);
                next[d] = (float) (memory * before + (1 - memory) * z);
                squares += next[d] * (double) next[d];
            }
            if (known) {
                distances[labels[i]] += (float) Math.sqrt(apart);
                counts[labels[i]]++;
            }
            double length = Math.sqrt(squares);
            for (int d = 0; d < dimension && length > 0; d++) {
                centres[at + d] = (float) (next[d] / length);
            }
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (int label : labels) {
                float[] row = Arrays.copyOfRange(centres, label * dimension, (label + 1) * dimension);
                device.select(0, label).copy_(torch.from_blob(new FloatPointer(row), new long[] {dimension}));
            }
        }
    }

    /** Recomputes the leans from what was seen since the last time, and begins anew. */
    void endEpoch() {
        leans = ClusterMargins.leans(ClusterMargins.concentrations(distances, counts));
        Arrays.fill(distances, 0);
        Arrays.fill(counts, 0);
    }

    List<float[]> state() {
        return List.of(centres.clone(), distances.clone(), counts.clone(), leans.clone());
    }

    void restore(List<float[]> state) {
        if (state.size() != 4 || state.get(0).length != centres.length || state.get(3).length != leans.length) {
            throw new IllegalArgumentException("state: " + state.size()
                    + " arrays of class centres (expected: 4 for this network and class count)");
        }
        System.arraycopy(state.get(0), 0, centres, 0, centres.length);
        System.arraycopy(state.get(1), 0, distances, 0, distances.length);
        System.arraycopy(state.get(2), 0, counts, 0, counts.length);
        leans = state.get(3).clone();
        TrainingEngine.write(device.view(-1), centres);
    }
}
