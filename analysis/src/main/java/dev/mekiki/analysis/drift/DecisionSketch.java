package dev.mekiki.analysis.drift;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was decided in a span of time, as counts only: no image, vector, registration, caller or single decision can be
 * had from it, and its size does not grow with their number.
 *
 * <p>A label that is kept may have had more decisions than are counted under it, where sketches were added up of which
 * not all kept it; at most {@link #pooled} more.
 *
 * @param start when the span begins
 * @param span how long it is, positive
 * @param withoutCandidates unknown because nothing was registered under the labels asked for; at least 0
 * @param known best scores of what was known, in {@link Bins#SCORES}
 * @param unknown best scores of what did not reach its threshold, in {@link Bins#SCORES}
 * @param leads of the known over the runner-up main label, in {@link Bins#LEADS}; fewer where there was no runner-up
 * @param labels the decisions by the main label that was best, known or not; of at most {@value #MOST_LABELS} labels,
 *     the others are pooled
 */
public record DecisionSketch(
        Instant start,
        Duration span,
        long withoutCandidates,
        Histogram known,
        Histogram unknown,
        Histogram leads,
        Map<String, LabelScores> labels) {

    /** Most labels that are told apart. */
    public static final int MOST_LABELS = 256;

    /** @throws IllegalArgumentException if something is out of its range, or labels have more decisions than there were */
    public DecisionSketch {
        if (!span.isPositive()) {
            throw new IllegalArgumentException("span: " + span + " (expected: more than 0)");
        }
        if (withoutCandidates < 0) {
            throw new IllegalArgumentException("withoutCandidates: " + withoutCandidates + " (expected: at least 0)");
        }
        if (leads.total() > known.total()) {
            throw new IllegalArgumentException(
                    "leads: " + leads.total() + " (expected: at most " + known.total() + ", as many as are known)");
        }
        if (labels.size() > MOST_LABELS) {
            throw new IllegalArgumentException("labels: " + labels.size() + " (expected: at most " + MOST_LABELS + ")");
        }
        labels = Map.copyOf(labels);
        // Throws if there are more than in all.
        pool(known, labels, true);
        pool(unknown, labels, false);
    }

    /** Nothing was decided. */
    public static DecisionSketch empty(Instant start, Duration span) {
        return new DecisionSketch(start, span, 0, Histogram.EMPTY, Histogram.EMPTY, Histogram.EMPTY, Map.of());
    }

    /** When the span ends. */
    public Instant end() {
        return start.plus(span);
    }

    /** All decisions. */
    public long decisions() {
        return known.total() + unknown.total() + withoutCandidates;
    }

    /** Those that were unknown, for whatever reason. */
    public long unknowns() {
        return unknown.total() + withoutCandidates;
    }

    /** Best scores, whatever was decided. */
    public Histogram scores() {
        return known.plus(unknown);
    }

    /** Decisions whose best label is not told. */
    public long pooled() {
        return known.total()
                + unknown.total()
                - labels.values().stream().mapToLong(LabelScores::count).sum();
    }

    /** Best scores of the known whose label is not told. */
    Histogram pooledKnown() {
        return pool(known, labels, true);
    }

    /** Best scores of the unknown whose nearest label is not told. */
    Histogram pooledUnknown() {
        return pool(unknown, labels, false);
    }

    private static Histogram pool(Histogram all, Map<String, LabelScores> labels, boolean known) {
        long[] pool = new long[Bins.COUNT];
        for (int bin = 0; bin < pool.length; bin++) {
            pool[bin] = all.count(bin);
        }
        for (LabelScores label : labels.values()) {
            Histogram scores = known ? label.known() : label.unknown();
            long[] counts = scores.counts();
            for (int i = 0; i < counts.length; i++) {
                pool[scores.first() + i] -= counts[i];
            }
        }
        for (int bin = 0; bin < pool.length; bin++) {
            if (pool[bin] < 0) {
                throw new IllegalArgumentException(
                        "labels: " + -pool[bin] + " more in bin " + bin + " than in all (expected: at most as many)");
            }
        }
        return Histogram.of(0, pool);
    }

    /** Both together: of two replicas, or of two spans, from the earlier start to the later end. */
    public DecisionSketch plus(DecisionSketch other) {
        Map<String, LabelScores> both = new HashMap<>(labels);
        other.labels.forEach((label, scores) -> both.merge(label, scores, LabelScores::plus));
        Instant from = start.isBefore(other.start) ? start : other.start;
        Instant to = end().isAfter(other.end()) ? end() : other.end();
        return new DecisionSketch(
                from,
                Duration.between(from, to),
                withoutCandidates + other.withoutCandidates,
                known.plus(other.known),
                unknown.plus(other.unknown),
                leads.plus(other.leads),
                mostFrequent(both, MOST_LABELS));
    }

    /**
     * All of them together.
     *
     * @return empty if there are none
     */
    public static Optional<DecisionSketch> sum(List<DecisionSketch> sketches) {
        return sketches.stream().reduce(DecisionSketch::plus);
    }

    /** The same with the most frequent of its labels only, the others pooled. */
    public DecisionSketch withLabels(int most) {
        return labels.size() <= most
                ? this
                : new DecisionSketch(start, span, withoutCandidates, known, unknown, leads, mostFrequent(labels, most));
    }

    private static Map<String, LabelScores> mostFrequent(Map<String, LabelScores> labels, int most) {
        if (labels.size() <= most) {
            return labels;
        }
        Map<String, LabelScores> kept = new HashMap<>();
        labels.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, LabelScores>>comparingLong(
                                label -> -label.getValue().count())
                        .thenComparing(Map.Entry::getKey))
                .limit(most)
                .forEach(label -> kept.put(label.getKey(), label.getValue()));
        return kept;
    }
}
