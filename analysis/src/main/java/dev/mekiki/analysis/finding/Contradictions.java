package dev.mekiki.analysis.finding;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.graph.Neighbours;
import dev.mekiki.analysis.measure.IntrinsicDimension;
import dev.mekiki.analysis.statistics.Quantiles;
import dev.mekiki.core.image.ContentDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds the same image under two labels: by the bytes, and, for one that was encoded anew, by nearness. A pair is as good
 * as the same if it is nearer than all but a twentieth of the registrations are to their own label, and so much nearer
 * than the next neighbour of either that the density about them does not explain it, by the
 * {@linkplain IntrinsicDimension number of dimensions} that the gallery spreads in; of all registrations tested, so many
 * are taken that at most a twentieth of them are expected to be chance.
 *
 * <p>Source of the last: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57, 1995.
 */
final class Contradictions {

    /** Significance, and share of false discoveries. */
    static final double ERROR = .05;

    private static final int ENOUGH_SCORES = 20;

    private final Snapshot snapshot;
    private final Neighbours neighbours;
    private final OwnNearest own;
    private final ScoreSeparation separation;

    /** Every registration of a contradiction. */
    private final BitSet involved = new BitSet();

    private final Set<Long> pairs = new HashSet<>();
    private final List<Finding> found = new ArrayList<>();

    Contradictions(Snapshot snapshot, Neighbours neighbours, OwnNearest own, ScoreSeparation separation) {
        this.snapshot = snapshot;
        this.neighbours = neighbours;
        this.own = own;
        this.separation = separation;
        findIdentical();
        findNearlyIdentical();
    }

    List<Finding> found() {
        return found;
    }

    BitSet involved() {
        return involved;
    }

    private void findIdentical() {
        Map<ContentDigest, Integer> first = new HashMap<>();
        for (int i = 0; i < snapshot.count(); i++) {
            Integer before = first.putIfAbsent(snapshot.content(i), i);
            if (before != null && !snapshot.label(before).equals(snapshot.label(i))) {
                add(before, i, 1);
            }
        }
    }

    private record Near(int first, int second, double chance) {}

    private void findNearlyIdentical() {
        double[] scores = IntStream.range(0, snapshot.count())
                .filter(own::has)
                .mapToDouble(own::cosine)
                .toArray();
        if (scores.length < ENOUGH_SCORES || !IntrinsicDimension.isMeasurable(neighbours)) {
            return;
        }
        double near = Quantiles.of(scores, 1 - ERROR);
        IntrinsicDimension dimension = IntrinsicDimension.of(neighbours);
        List<Near> candidates = new ArrayList<>();
        for (int i = 0; i < snapshot.count(); i++) {
            if (neighbours.count(i) == 0) {
                continue;
            }
            int j = neighbours.neighbour(i, 0);
            if (neighbours.cosine(i, 0) >= near && !snapshot.label(i).equals(snapshot.label(j))) {
                double chance = Math.max(chance(i, j, dimension), chance(j, i, dimension));
                candidates.add(new Near(i, j, chance));
            }
        }
        candidates.sort(Comparator.comparingDouble(Near::chance));
        int taken = 0;
        for (int rank = 0; rank < candidates.size(); rank++) {
            if (candidates.get(rank).chance <= ERROR * (rank + 1) / snapshot.count()) {
                taken = rank + 1;
            }
        }
        for (Near pair : candidates.subList(0, taken)) {
            add(pair.first, pair.second, 1 - pair.chance);
        }
    }

    /** How likely {@code other} is by chance so much nearer than the next neighbour that is not a copy of either. */
    private double chance(int point, int other, IntrinsicDimension dimension) {
        double distance = Neighbours.distance(snapshot.vectors().dot(point, other));
        for (int rank = 0; rank < neighbours.count(point); rank++) {
            int next = neighbours.neighbour(point, rank);
            if (next != other
                    && !snapshot.content(next).equals(snapshot.content(point))
                    && !snapshot.content(next).equals(snapshot.content(other))) {
                double farther = neighbours.distance(point, rank);
                return farther > distance ? dimension.chance(distance / farther) : 1;
            }
        }
        return 1;
    }

    private void add(int a, int b, double score) {
        int first = Math.min(a, b);
        int second = Math.max(a, b);
        if (!pairs.add((long) first << 32 | second)) {
            return;
        }
        involved.set(first);
        involved.set(second);
        boolean identical = snapshot.content(first).equals(snapshot.content(second));
        found.add(new Finding.Contradiction(
                Examination.evidence(snapshot, first, second), identical, score, action(first, second)));
    }

    /** Delete the one that does not fit its label, where that is clear. */
    private Action action(int first, int second) {
        if (snapshot.byMainLabel().of(first) == snapshot.byMainLabel().of(second)
                || !own.has(first)
                || !own.has(second)) {
            return new Action.Review();
        }
        double lead = separation.forStranger(own.cosine(second)) - separation.forStranger(own.cosine(first));
        if (Math.abs(lead) < Math.log((1 - ERROR) / ERROR)) {
            return new Action.Review();
        }
        return new Action.Delete(List.of(snapshot.id(lead > 0 ? second : first)));
    }
}
