package dev.mekiki.training.evaluation;

import java.util.List;

/**
 * What a threshold trades for what, and how scores are spread.
 *
 * @param characteristic the receiver operating characteristic, by growing false-positive rate
 * @param positives shares of the pairs of the same document by score, in equal bins from 0 to 1
 * @param negatives shares of the pairs of different documents
 */
public record Curves(List<Operating> characteristic, List<Double> positives, List<Double> negatives) {

    /**
     * A point of the characteristic.
     *
     * @param threshold least score, (cosine + 1) / 2, that counts as the same document
     * @param falsePositiveRate above 0
     * @param truePositiveRate in [0, 1]
     */
    public record Operating(double threshold, double falsePositiveRate, double truePositiveRate) {}

    public Curves {
        characteristic = List.copyOf(characteristic);
        positives = List.copyOf(positives);
        negatives = List.copyOf(negatives);
    }
}
