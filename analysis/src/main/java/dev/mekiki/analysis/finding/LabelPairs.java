package dev.mekiki.analysis.finding;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.graph.Neighbours;
import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;
import dev.mekiki.analysis.statistics.Quantiles;
import dev.mekiki.core.label.LabelPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntUnaryOperator;

/**
 * Looks at pairs of labels: main labels that are each other's rivals, and sub-labels of one main label. Whether nearest
 * neighbours tell the two apart is tested by dealing their labels anew at random and counting how often as many
 * registrations are then nearest to one of their own.
 *
 * <p>Source: Schilling, Journal of the American Statistical Association 81, 1986.
 */
final class LabelPairs {

    private static final int DEALS = 999;

    /** Registrations of either label that are compared; more are drawn from. */
    private static final int MOST = 200;

    private final Snapshot snapshot;
    private final ScoreSeparation separation;
    private final BitSet without;
    private final long seed;
    private final List<Finding> found = new ArrayList<>();

    /** Two groups beside each other. */
    private record Pair(
            int first, int second, int smaller, double between, double separable, boolean couldBeSeparated) {}

    /** @param without registrations that are not looked at */
    LabelPairs(
            Snapshot snapshot,
            Neighbours neighbours,
            ScoreSeparation separation,
            BitSet without,
            Workers workers,
            long seed) {
        this.snapshot = snapshot;
        this.separation = separation;
        this.without = without;
        this.seed = seed;
        findOneUnderTwo(compare(rivals(neighbours), snapshot.byMainLabel(), workers));
        findIndistinct(compare(siblings(neighbours), snapshot.byPath(), workers));
    }

    List<Finding> found() {
        return found;
    }

    /** Each main label with the one that is the rival of most of its registrations. */
    private List<int[]> rivals(Neighbours neighbours) {
        return nextTo(snapshot.byMainLabel(), neighbours::rival);
    }

    /** Each label path with the other one of its main label that is next to most of its registrations. */
    private List<int[]> siblings(Neighbours neighbours) {
        Grouping mains = snapshot.byMainLabel();
        Grouping paths = snapshot.byPath();
        return nextTo(paths, i -> {
            for (int rank = 0; rank < neighbours.count(i); rank++) {
                int j = neighbours.neighbour(i, rank);
                if (mains.of(j) == mains.of(i) && paths.of(j) != paths.of(i)) {
                    return j;
                }
            }
            return -1;
        });
    }

    /** @param next of a registration, or -1 */
    private List<int[]> nextTo(Grouping groups, IntUnaryOperator next) {
        TreeSet<Long> pairs = new TreeSet<>();
        for (int group = 0; group < groups.groups(); group++) {
            TreeMap<Integer, Integer> votes = new TreeMap<>();
            for (int i : groups.members(group)) {
                int other = next.applyAsInt(i);
                if (!without.get(i) && other >= 0 && !without.get(other)) {
                    votes.merge(groups.of(other), 1, Integer::sum);
                }
            }
            int own = group;
            votes.entrySet().stream()
                    .max(Comparator.comparingInt(vote -> vote.getValue()))
                    .ifPresent(vote -> pairs.add(pair(own, vote.getKey())));
        }
        return pairs.stream().map(LabelPairs::pair).toList();
    }

    private static long pair(int a, int b) {
        return (long) Math.min(a, b) << 32 | Math.max(a, b);
    }

    private static int[] pair(long packed) {
        return new int[] {(int) (packed >> 32), (int) packed};
    }

    private List<Pair> compare(List<int[]> pairs, Grouping groups, Workers workers) {
        Pair[] compared = new Pair[pairs.size()];
        workers.run(compared.length, () -> task -> {
            int[] pair = pairs.get(task);
            SplittableRandom random = new SplittableRandom(seed ^ pair(pair[0], pair[1]));
            int[] first = drawn(groups.members(pair[0]), random);
            int[] second = drawn(groups.members(pair[1]), random);
            if (first.length > 0 && second.length > 0) {
                compared[task] = compare(pair, first, second, random);
            }
        });
        return Arrays.stream(compared).filter(p -> p != null).toList();
    }

    private int[] drawn(int[] members, SplittableRandom random) {
        int[] left = Arrays.stream(members).filter(i -> !without.get(i)).toArray();
        shuffle(left, random);
        return Arrays.copyOf(left, Math.min(MOST, left.length));
    }

    private static void shuffle(int[] values, SplittableRandom random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int value = values[j];
            values[j] = values[i];
            values[i] = value;
        }
    }

    private Pair compare(int[] pair, int[] first, int[] second, SplittableRandom random) {
        int n = first.length + second.length;
        int[] all = Arrays.copyOf(first, n);
        System.arraycopy(second, 0, all, first.length, second.length);
        Points vectors = snapshot.vectors();
        int[] nearest = new int[n];
        float[] nearestCosine = new float[n];
        double[] across = new double[n];
        Arrays.fill(nearestCosine, Float.NEGATIVE_INFINITY);
        Arrays.fill(across, Double.NEGATIVE_INFINITY);
        for (int a = 0; a < n; a++) {
            for (int b = 0; b < a; b++) {
                float cosine = vectors.dot(all[a], all[b]);
                if (cosine > nearestCosine[a]) {
                    nearestCosine[a] = cosine;
                    nearest[a] = b;
                }
                if (cosine > nearestCosine[b]) {
                    nearestCosine[b] = cosine;
                    nearest[b] = a;
                }
                if (a >= first.length && b < first.length) {
                    across[a] = Math.max(across[a], cosine);
                    across[b] = Math.max(across[b], cosine);
                }
            }
        }
        // The lower of the two medians: one registration of the other's kind makes only one of them high.
        double between = Math.min(
                Quantiles.median(Arrays.copyOf(across, first.length)),
                Quantiles.median(Arrays.copyOfRange(across, first.length, n)));
        return new Pair(
                pair[0],
                pair[1],
                Math.min(first.length, second.length),
                between,
                chance(nearest, first.length, random),
                leastChance(n, first.length) <= Contradictions.ERROR);
    }

    /** How likely labels dealt at random would be as well separated. */
    private static double chance(int[] nearest, int ofFirst, SplittableRandom random) {
        boolean[] isFirst = new boolean[nearest.length];
        Arrays.fill(isFirst, 0, ofFirst, true);
        int separated = separated(nearest, isFirst);
        int asWell = 1;
        for (int deal = 0; deal < DEALS; deal++) {
            for (int i = isFirst.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                boolean swapped = isFirst[j];
                isFirst[j] = isFirst[i];
                isFirst[i] = swapped;
            }
            asWell += separated(nearest, isFirst) >= separated ? 1 : 0;
        }
        return asWell / (DEALS + 1.0);
    }

    private static int separated(int[] nearest, boolean[] isFirst) {
        int separated = 0;
        for (int i = 0; i < nearest.length; i++) {
            separated += isFirst[i] == isFirst[nearest[i]] ? 1 : 0;
        }
        return separated;
    }

    /** The lowest chance that two labels of these sizes can have: one deal of all there are, and its mirror image. */
    private static double leastChance(int n, int ofFirst) {
        double deals = 1;
        for (int i = 1; i <= Math.min(ofFirst, n - ofFirst); i++) {
            deals *= (double) (n - i + 1) / i;
        }
        return (2 * ofFirst == n ? 2 : 1) / deals;
    }

    private void findOneUnderTwo(List<Pair> pairs) {
        double[] posterior = Posterior.of(pairs.stream()
                // Each registration of the smaller label has one of the other to itself.
                .mapToDouble(p -> p.smaller * separation.forOneOfOthers(p.between))
                .toArray());
        for (int k = 0; k < posterior.length; k++) {
            Pair pair = pairs.get(k);
            if (posterior[k] > .5 && pair.between > separation.middle() && pair.separable > Contradictions.ERROR) {
                LabelPath first = LabelPath.of(snapshot.mainLabel(pair.first));
                LabelPath second = LabelPath.of(snapshot.mainLabel(pair.second));
                boolean firstIsLarger = snapshot.byMainLabel().size(pair.first)
                        >= snapshot.byMainLabel().size(pair.second);
                found.add(new Finding.OneUnderTwo(
                        first,
                        second,
                        pair.between,
                        pair.separable,
                        posterior[k],
                        firstIsLarger ? new Action.Merge(second, first) : new Action.Merge(first, second)));
            }
        }
    }

    private void findIndistinct(List<Pair> pairs) {
        for (Pair pair : pairs) {
            if (pair.couldBeSeparated && pair.separable > Contradictions.ERROR) {
                LabelPath first = snapshot.path(pair.first);
                LabelPath second = snapshot.path(pair.second);
                found.add(new Finding.IndistinctSubLabels(
                        first,
                        second,
                        pair.between,
                        pair.separable,
                        pair.separable,
                        first.sub().isEmpty() ? new Action.Merge(second, first) : new Action.Merge(first, second)));
            }
        }
    }
}
