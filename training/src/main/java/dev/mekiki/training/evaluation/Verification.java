package dev.mekiki.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Are these two of the same document? Measured over all pairs, not per batch.
 *
 * @param positivePairs pairs of the same document
 * @param negativePairs pairs of different documents: a rate of x means nothing with fewer than 1/x of them
 * @param points one for each asked false-positive rate
 */
public record Verification(long positivePairs, long negativePairs, List<Point> points) {

    /** Most pairs that are scored; 16,000 photographs have as many. */
    public static final long MAX_PAIRS = 130_000_000;

    /**
     * The share of positive pairs found when at most {@code limit} of the negative ones are mistaken.
     *
     * @param limit the asked false-positive rate
     * @param achieved the largest rate not above it that some threshold gives
     * @param threshold a pair is called positive when its score is above; score = (cosine + 1) / 2, in [0, 1]
     * @param truePositiveRate in [0, 1]
     */
    public record Point(double limit, double achieved, double threshold, double truePositiveRate) {}

    public Verification {
        points = List.copyOf(points);
    }

    /**
     * Scores all pairs of the rows.
     *
     * @param vectors unit vectors
     * @param labels equal for the same document
     * @throws IllegalArgumentException if there are no pairs of one kind, or more than {@link #MAX_PAIRS}
     */
    public static Verification ofAllPairs(List<float[]> vectors, int[] labels, double... limits) {
        int n = vectors.size();
        long positiveCount = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                positiveCount += labels[i] == labels[j] ? 1 : 0;
            }
        }
        long pairs = (long) n * (n - 1) / 2;
        if (pairs > MAX_PAIRS) {
            throw new IllegalArgumentException("photographs: " + n + ", " + pairs + " pairs (expected: at most "
                    + MAX_PAIRS + " pairs; evaluate fewer photographs per image)");
        }
        float[] positives = new float[Math.toIntExact(positiveCount)];
        float[] negatives = new float[Math.toIntExact(pairs - positiveCount)];
        int p = 0;
        int q = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                float score = (float) ((cosine(vectors.get(i), vectors.get(j)) + 1) / 2);
                if (labels[i] == labels[j]) {
                    positives[p++] = score;
                } else {
                    negatives[q++] = score;
                }
            }
        }
        return ofScores(positives, negatives, limits);
    }

    /** The table of given scores; sorts both arrays. */
    public static Verification ofScores(float[] positives, float[] negatives, double... limits) {
        if (positives.length == 0 || negatives.length == 0) {
            throw new IllegalArgumentException("pairs: " + positives.length + " positive, " + negatives.length
                    + " negative (expected: at least 1 of each)");
        }
        Arrays.sort(positives);
        Arrays.sort(negatives);
        List<Point> points = new ArrayList<>();
        for (double limit : limits) {
            long allowed = (long) Math.floor(limit * negatives.length + 1e-9);
            // Strictly above the first negative that may not be mistaken; ties with it are rejected with it.
            double threshold = allowed >= negatives.length ? -1 : negatives[negatives.length - 1 - (int) allowed];
            double achieved = (double) above(negatives, threshold) / negatives.length;
            points.add(new Point(limit, achieved, threshold, (double) above(positives, threshold) / positives.length));
        }
        return new Verification(positives.length, negatives.length, points);
    }

    /** How many of the ascending {@code scores} are greater than {@code threshold}. */
    static int above(float[] scores, double threshold) {
        int low = 0;
        int high = scores.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (scores[middle] > threshold) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return scores.length - low;
    }

    static double cosine(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
