package dev.mekiki.analysis.drift;

import dev.mekiki.core.decision.DecisionPolicy;
import java.util.List;

/**
 * What another policy would have decided. Exact where every threshold is an edge of a bin, a whole hundredth below 1, and
 * either no label has a threshold of its own or no decision is pooled; else between two bounds.
 *
 * @param decisions all of them
 * @param known those that were known
 * @param toUnknown of these, those that would have been unknown
 * @param toKnown of the unknown, those that would have been known
 */
public record WhatIf(long decisions, long known, Range toUnknown, Range toKnown) {

    /**
     * A number that is not known better than this.
     *
     * @param low at least 0
     * @param high at least {@code low}
     */
    public record Range(long low, long high) {

        static final Range NOTHING = new Range(0, 0);

        public Range {
            if (low < 0 || high < low) {
                throw new IllegalArgumentException(
                        "range: " + low + ".." + high + " (expected: ascending, at least 0)");
            }
        }

        public boolean isExact() {
            return low == high;
        }

        Range plus(Range other) {
            return new Range(low + other.low, high + other.high);
        }

        /** The number, or both bounds. */
        @Override
        public String toString() {
            return isExact() ? Long.toString(low) : low + " to " + high;
        }
    }

    /** Decides again what the sketches hold; each one by itself, so that bounds are no wider than they need be. */
    public static WhatIf of(List<DecisionSketch> sketches, DecisionPolicy policy) {
        double least = policy.threshold();
        double most = policy.threshold();
        for (double threshold : policy.labelThresholds().values()) {
            least = Math.min(least, threshold);
            most = Math.max(most, threshold);
        }
        long decisions = 0;
        long known = 0;
        Range toUnknown = Range.NOTHING;
        Range toKnown = Range.NOTHING;
        for (DecisionSketch sketch : sketches) {
            decisions += sketch.decisions();
            known += sketch.known().total();
            // Any label may be among those that are not told.
            toUnknown = toUnknown.plus(below(sketch.pooledKnown(), least, most));
            toKnown = toKnown.plus(reaching(sketch.pooledUnknown(), least, most));
            for (var label : sketch.labels().entrySet()) {
                double threshold = policy.thresholdOf(label.getKey());
                toUnknown = toUnknown.plus(below(label.getValue().known(), threshold, threshold));
                toKnown = toKnown.plus(reaching(label.getValue().unknown(), threshold, threshold));
            }
        }
        return new WhatIf(decisions, known, toUnknown, toKnown);
    }

    /** Scores below a threshold that lies in [least, most]. */
    private static Range below(Histogram scores, double least, double most) {
        int last = Bins.SCORES.of(most);
        boolean isEdge = most == Bins.SCORES.edge(last);
        return new Range(scores.below(Bins.SCORES.of(least)), scores.below(isEdge ? last : last + 1));
    }

    private static Range reaching(Histogram scores, double least, double most) {
        Range below = below(scores, least, most);
        return new Range(scores.total() - below.high, scores.total() - below.low);
    }
}
