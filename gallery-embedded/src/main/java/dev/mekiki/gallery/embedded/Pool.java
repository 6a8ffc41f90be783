package dev.mekiki.gallery.embedded;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.NumericUtils;

/** Scored documents of one index reader, each at most once. */
final class Pool {

    private int size;
    private int[] documents = new int[64];
    private int[] pathOrdinals = new int[64];
    private float[] scores = new float[64];
    private final Set<Integer> present = new HashSet<>();

    /**
     * @param document number in the reader
     * @param pathOrdinal of its label path, within its leaf
     * @param score its cosine, -1..1
     */
    void add(int document, int pathOrdinal, float score) {
        if (!present.add(document)) {
            return;
        }
        documents = ArrayUtil.grow(documents, size + 1);
        pathOrdinals = ArrayUtil.grow(pathOrdinals, size + 1);
        scores = ArrayUtil.grow(scores, size + 1);
        documents[size] = document;
        pathOrdinals[size] = pathOrdinal;
        scores[size] = score;
        size++;
    }

    int size() {
        return size;
    }

    int document(int position) {
        return documents[position];
    }

    int pathOrdinal(int position) {
        return pathOrdinals[position];
    }

    float score(int position) {
        return scores[position];
    }

    /** The positions, highest score first; equal scores in any order. */
    int[] ranked() {
        long[] keys = new long[size];
        for (int i = 0; i < size; i++) {
            // ascending in the key is descending in the score
            keys[i] = ((long) ~NumericUtils.floatToSortableInt(scores[i]) << 32) | i;
        }
        Arrays.sort(keys);
        int[] positions = new int[size];
        for (int i = 0; i < size; i++) {
            positions[i] = (int) keys[i];
        }
        return positions;
    }
}
