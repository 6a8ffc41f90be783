package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.Arrays;
import java.util.List;

/**
 * Which document is this, if any? Half of the labels are registered; photographs of all are shown. Averaged over several
 * random halves.
 *
 * @param rankOne share of photographs whose nearest registration has the right label, all labels registered
 * @param rankOneEstimate the same with its interval
 * @param splits random halves that the points are averaged over
 * @param impostorsPerSplit mean number of photographs of unregistered labels in a half
 * @param points one for each asked false-positive identification rate
 */
public record OpenSet(
        double rankOne, Estimate rankOneEstimate, int splits, double impostorsPerSplit, List<Point> points) {

    /**
     * The share of photographs of registered labels that are named rightly and with a score above the threshold.
     *
     * @param limit share of photographs of unregistered labels that may be given a name
     * @param truePositiveRate mean over the splits, in [0, 1]
     * @param threshold mean over the splits, cosine
     * @param estimate the rate with its interval, in which thresholds are chosen anew for each draw of labels; the
     *     galleries stay as they are; none where fewer than four strangers may pass
     */
    public record Point(double limit, double truePositiveRate, double threshold, Estimate estimate) {}

    public OpenSet {
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
     * Measures registrations against photographs, without intervals.
     *
     * @param registered unit vectors of the registered images
     * @param registeredLabels their labels, 0-based without gaps
     * @param photographs unit vectors
     * @param photographLabels their labels
     */
    public static OpenSet measure(
            List<float[]> registered,
            int[] registeredLabels,
            List<float[]> photographs,
            int[] photographLabels,
            int splits,
            long seed,
            double... limits) {
        int labels = Arrays.stream(registeredLabels).max().orElse(0) + 1;
        return Identification.of(registered, registeredLabels, photographs, photographLabels, labels, splits, seed)
                .table(new ClassBootstrap(labels, 0, 0), limits);
    }
}
