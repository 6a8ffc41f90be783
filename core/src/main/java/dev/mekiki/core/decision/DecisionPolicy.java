package dev.mekiki.core.decision;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.label.LabelPath;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns scores into a recognition: main label first, then sub-label.
 *
 * <p>The main label's score is the best of its registrations; at or above the label's threshold it is known. The
 * sub-label is named only if its best registration leads the best one of every other path under the same main label by
 * {@code subLabelMargin}; otherwise the answer is the main label alone.
 *
 * @param falseAcceptRate the share of unknown images that the operator accepts as known, in (0, 1)
 * @param threshold cosine in [-1, 1] that belongs to that rate
 * @param labelThresholds stricter or looser thresholds of single main labels, cosines in [-1, 1]; at most
 *     {@link #MOST_LABEL_THRESHOLDS}
 * @param subLabelMargin least lead of a sub-label, cosine in [0, 2]
 * @param calibration where they come from, if anybody said
 */
public record DecisionPolicy(
        double falseAcceptRate,
        double threshold,
        Map<String, Double> labelThresholds,
        double subLabelMargin,
        Optional<Calibration> calibration) {

    /** A policy is looked at with every decision, and kept as a whole. */
    public static final int MOST_LABEL_THRESHOLDS = 10_000;

    /** @throws InvalidInput if a number is out of its range */
    public DecisionPolicy {
        if (!(falseAcceptRate > 0 && falseAcceptRate < 1)) {
            throw new InvalidInput(
                    "decision_policy.false_accept_rate",
                    Double.toString(falseAcceptRate),
                    "between 0 and 1, exclusive");
        }
        requireCosine("decision_policy.threshold", threshold);
        if (labelThresholds.size() > MOST_LABEL_THRESHOLDS) {
            throw new InvalidInput(
                    "decision_policy.label_thresholds",
                    labelThresholds.size() + " labels",
                    "at most " + MOST_LABEL_THRESHOLDS);
        }
        labelThresholds.forEach(
                (label, value) -> requireCosine("decision_policy.label_thresholds[" + label + "]", value));
        if (!(subLabelMargin >= 0 && subLabelMargin <= 2)) {
            throw new InvalidInput("decision_policy.sub_label_margin", Double.toString(subLabelMargin), "0..2");
        }
        labelThresholds = Map.copyOf(labelThresholds);
    }

    /** As if nobody said where it comes from. */
    public DecisionPolicy(
            double falseAcceptRate, double threshold, Map<String, Double> labelThresholds, double subLabelMargin) {
        this(falseAcceptRate, threshold, labelThresholds, subLabelMargin, Optional.empty());
    }

    public double thresholdOf(String mainLabel) {
        return labelThresholds.getOrDefault(mainLabel, threshold);
    }

    /** Decides on what a gallery found. */
    public Recognition decide(Candidates candidates) {
        if (candidates.mainLabels().isEmpty()) {
            return new Recognition.Unknown(Recognition.Reason.NO_CANDIDATES, Optional.empty(), threshold);
        }
        Match best = candidates.mainLabels().getFirst();
        double score = best.score().cosine();
        double required = thresholdOf(best.label().main());
        if (score < required) {
            return new Recognition.Unknown(Recognition.Reason.BELOW_THRESHOLD, Optional.of(best), required);
        }
        LabelPath label = lead(candidates.subLabels()).orElse(2.0) >= subLabelMargin
                ? best.label()
                : LabelPath.of(best.label().main());
        return new Recognition.Known(label, best.score(), lead(candidates.mainLabels()), required);
    }

    /** How far the first is ahead of the second; empty if there is no second. */
    private static Optional<Double> lead(List<Match> ranked) {
        return ranked.size() < 2
                ? Optional.empty()
                : Optional.of(
                        ranked.get(0).score().cosine() - ranked.get(1).score().cosine());
    }

    private static void requireCosine(String field, double value) {
        if (!(value >= -1 && value <= 1)) {
            throw new InvalidInput(field, Double.toString(value), "a cosine, -1..1");
        }
    }
}
