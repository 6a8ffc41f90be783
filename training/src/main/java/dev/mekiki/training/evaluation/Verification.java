package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.List;

/**
 * Are these two of the same document? Measured over all pairs, not per batch.
 *
 * @param positivePairs pairs of the same document
 * @param negativePairs pairs of different documents: a rate of x means nothing with fewer than 1/x of them
 * @param points one for each asked false-positive rate
 */
public record Verification(long positivePairs, long negativePairs, List<Point> points) {

    /**
     * The share of positive pairs found when at most {@code limit} of the negative ones are mistaken.
     *
     * @param limit the asked false-positive rate
     * @param achieved the largest rate not above it that some threshold gives
     * @param threshold a pair is called positive when its score is above; score = (cosine + 1) / 2, in [0, 1]
     * @param truePositiveRate in [0, 1]
     * @param estimate the same with its interval, in which the threshold is chosen anew for each draw of labels;
     *     none where fewer than four negatives may pass
     */
    public record Point(double limit, double achieved, double threshold, double truePositiveRate, Estimate estimate) {}

    public Verification {
        points = List.copyOf(points);
    }

    /** The figure at one of the asked rates. */
    public Point at(double limit) {
        return points.stream()
                .filter(p -> p.limit() == limit)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("limit: " + limit + " (expected: one of "
                        + points.stream().map(Point::limit).toList() + ")"));
    }

    /**
     * Scores all pairs of the rows, without intervals.
     *
     * @param vectors unit vectors
     * @param labels from 0, equal for the same document
     * @throws IllegalArgumentException if there are no pairs of one kind, or more than 130 million
     */
    public static Verification ofAllPairs(List<float[]> vectors, int[] labels, double... limits) {
        PairScores scores = PairScores.among(vectors, labels);
        return scores.table(new ClassBootstrap(scores.labels(), 0, 0), limits);
    }
}
