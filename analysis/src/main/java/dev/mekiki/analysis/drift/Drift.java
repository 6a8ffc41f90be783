package dev.mekiki.analysis.drift;

import dev.mekiki.analysis.statistics.Estimate;
import dev.mekiki.analysis.statistics.FalseDiscoveries;
import dev.mekiki.analysis.statistics.Means;
import dev.mekiki.analysis.statistics.Proportions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.DoubleStream;

/**
 * What moved between two spans of time. Called moved is what is neither small nor likely to be chance:
 *
 * <ul>
 *   <li>the unknown rate, if it changed by at least {@value #LEAST_RATE} with p &lt; {@value #UNLIKELY};
 *   <li>best scores and leads, as {@link Shift#moved} says;
 *   <li>of a label its share, if it changed by at least {@value #LEAST_RATE}, and its mean best score, if it changed by
 *       at least {@value #LEAST_SCORE}, where {@link FalseDiscoveries} over all labels at {@value #FALSE_DISCOVERIES}
 *       believes it.
 * </ul>
 *
 * <p>All of it takes decisions for independent. Where one document is asked about many times in a row they are not, and
 * chance moves things more than it says here.
 *
 * @param before the decisions to compare with
 * @param since the decisions to judge
 * @param unknownRate how much the share of unknown decisions has changed, with its 95 % interval
 * @param unknownValue how likely such a change would be by chance
 * @param scores best scores; empty if before or since there are none
 * @param leads leads of the known over the runner-up; likewise
 * @param labels every label that is told in one of the two, those that moved first, then by decisions since
 */
public record Drift(
        DecisionSketch before,
        DecisionSketch since,
        Estimate unknownRate,
        double unknownValue,
        Optional<Shift> scores,
        Optional<Shift> leads,
        List<LabelShift> labels) {

    /** Smaller changes of a share are not worth a word. */
    public static final double LEAST_RATE = .01;

    /** Smaller changes of a mean cosine are not worth a word. */
    public static final double LEAST_SCORE = .02;

    /** Fewer decisions of a label say nothing of its mean. */
    public static final int LEAST_DECISIONS = 10;

    static final double UNLIKELY = .01;
    static final double FALSE_DISCOVERIES = .05;

    public Drift {
        labels = List.copyOf(labels);
    }

    /**
     * Compares two.
     *
     * @throws IllegalArgumentException if in one of them nothing was decided
     */
    public static Drift between(DecisionSketch before, DecisionSketch since) {
        requireDecisions("before", before);
        requireDecisions("since", since);
        return new Drift(
                before,
                since,
                Proportions.difference(before.unknowns(), before.decisions(), since.unknowns(), since.decisions()),
                Proportions.pValue(before.unknowns(), before.decisions(), since.unknowns(), since.decisions()),
                shift(Bins.SCORES, before.scores(), since.scores()),
                shift(Bins.LEADS, before.leads(), since.leads()),
                labels(before, since));
    }

    private static void requireDecisions(String name, DecisionSketch sketch) {
        if (sketch.decisions() < 1) {
            throw new IllegalArgumentException(name + ": 0 decisions (expected: at least 1)");
        }
    }

    private static Optional<Shift> shift(Bins bins, Histogram before, Histogram since) {
        return before.total() == 0 || since.total() == 0
                ? Optional.empty()
                : Optional.of(Shift.between(bins, before, since));
    }

    private static List<LabelShift> labels(DecisionSketch before, DecisionSketch since) {
        if (before.scores().total() == 0 || since.scores().total() == 0) {
            return List.of();
        }
        Set<String> names = new TreeSet<>(before.labels().keySet());
        names.addAll(since.labels().keySet());
        List<LabelShift> tested =
                names.stream().map(name -> test(name, before, since)).toList();
        double limit = FalseDiscoveries.limit(
                tested.stream()
                        .flatMapToDouble(label -> DoubleStream.concat(
                                DoubleStream.of(label.shareValue()),
                                label.mean().stream().mapToDouble(Means::pValue)))
                        .toArray(),
                FALSE_DISCOVERIES);
        return tested.stream()
                .map(label -> new LabelShift(
                        label.label(),
                        label.before(),
                        label.since(),
                        label.share(),
                        label.shareValue(),
                        label.mean(),
                        label.shareValue() <= limit && Math.abs(label.share().value()) >= LEAST_RATE,
                        label.mean()
                                .filter(mean -> mean.pValue() <= limit
                                        && Math.abs(mean.difference().value()) >= LEAST_SCORE)
                                .isPresent()))
                .sorted(Comparator.<LabelShift, Boolean>comparing(label -> !label.shareMoved() && !label.meanMoved())
                        .thenComparing(label -> -label.since().count())
                        .thenComparing(LabelShift::label))
                .toList();
    }

    private static LabelShift test(String name, DecisionSketch before, DecisionSketch since) {
        LabelScores none = new LabelScores(Histogram.EMPTY, Histogram.EMPTY, 0, 0);
        LabelScores was = before.labels().getOrDefault(name, none);
        LabelScores is = since.labels().getOrDefault(name, none);
        long allBefore = before.scores().total();
        long allSince = since.scores().total();
        long mostBefore = was.count() + before.pooled();
        long mostSince = is.count() + since.pooled();
        double shareValue = 1;
        if ((double) was.count() / allBefore > (double) mostSince / allSince) {
            shareValue = Proportions.pValue(was.count(), allBefore, mostSince, allSince);
        } else if ((double) is.count() / allSince > (double) mostBefore / allBefore) {
            shareValue = Proportions.pValue(mostBefore, allBefore, is.count(), allSince);
        }
        return new LabelShift(
                name,
                was,
                is,
                Proportions.difference(was.count(), allBefore, is.count(), allSince),
                shareValue,
                was.count() < LEAST_DECISIONS || is.count() < LEAST_DECISIONS
                        ? Optional.empty()
                        : Optional.of(Means.compare(sample(was), sample(is))),
                false,
                false);
    }

    private static Means.Sample sample(LabelScores scores) {
        return new Means.Sample(scores.count(), scores.mean(), scores.variance());
    }

    /** Whether the unknown rate moved. */
    public boolean unknownRateMoved() {
        return unknownValue < UNLIKELY && Math.abs(unknownRate.value()) >= LEAST_RATE;
    }

    /** What moved, a sentence each; empty if nothing did. */
    public List<String> verdict() {
        List<String> moved = new ArrayList<>();
        if (unknownRateMoved()) {
            moved.add(String.format(
                    Locale.ROOT,
                    "the unknown rate %s from %.1f %% to %.1f %% (by %.1f to %.1f points, p = %.1g)",
                    verb(unknownRate.value()),
                    100.0 * before.unknowns() / before.decisions(),
                    100.0 * since.unknowns() / since.decisions(),
                    100 * unknownRate.low(),
                    100 * unknownRate.high(),
                    unknownValue));
        }
        scores.filter(Shift::moved).ifPresent(shift -> moved.add(inWords("best scores", shift)));
        leads.filter(Shift::moved).ifPresent(shift -> moved.add(inWords("leads of the known", shift)));
        for (LabelShift label : labels) {
            if (label.shareMoved()) {
                moved.add(String.format(
                        Locale.ROOT,
                        "%s: its share %s from %.1f %% to %.1f %% (%d and %d decisions, p = %.1g)",
                        label.label(),
                        verb(label.share().value()),
                        100.0 * label.before().count() / before.scores().total(),
                        100.0 * label.since().count() / since.scores().total(),
                        label.before().count(),
                        label.since().count(),
                        label.shareValue()));
            }
            label.mean()
                    .filter(_ -> label.meanMoved())
                    .ifPresent(mean -> moved.add(String.format(
                            Locale.ROOT,
                            "%s: its mean best score %s from %.3f to %.3f (%d and %d decisions, p = %.1g)",
                            label.label(),
                            verb(mean.difference().value()),
                            label.before().mean(),
                            label.since().mean(),
                            label.before().count(),
                            label.since().count(),
                            mean.pValue())));
        }
        return moved;
    }

    private static String verb(double difference) {
        return difference > 0 ? "rose" : "fell";
    }

    private static String inWords(String what, Shift shift) {
        return String.format(
                Locale.ROOT,
                "%s moved (PSI %.2f, Kolmogorov-Smirnov distance %.2f, median %.3f before and %.3f since)",
                what,
                shift.stabilityIndex(),
                shift.distance(),
                shift.medianBefore(),
                shift.medianSince());
    }
}
