package dev.mekiki.analysis.finding;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.graph.Neighbours;
import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;
import dev.mekiki.analysis.statistics.Quantiles;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Looks at each label path by itself. Its registrations are joined where they score as with their own label rather than
 * as with another ({@link ScoreSeparation#middle}). Two or more parts of at least two registrations each are several
 * things; one that is joined to nothing, where more than half are joined to each other, is an outlier; and those that are
 * nearer to a kept one than all but a twentieth of the gallery's registrations are to their own label add nothing.
 *
 * <p>Of a label with more than 1,000 registrations as many are drawn.
 */
final class SingleLabels {

    private static final int MOST = 1_000;
    private static final int LEAST_TO_SPLIT = 4;
    private static final int LEAST_TO_JUDGE_ONE = 3;

    private final Snapshot snapshot;
    private final OwnNearest own;
    private final ScoreSeparation separation;
    private final double nearlySame;

    private final List<Finding> found = new ArrayList<>();

    /** What was seen of a label path. */
    private record Seen(int path, List<int[]> parts, double between, int[] kept, int[] members) {}

    /** @param without registrations that are not looked at */
    SingleLabels(
            Snapshot snapshot,
            OwnNearest own,
            ScoreSeparation separation,
            Displacements displacements,
            BitSet without,
            Workers workers,
            long seed) {
        this.snapshot = snapshot;
        this.own = own;
        this.separation = separation;
        double[] scores = IntStream.range(0, snapshot.count())
                .filter(i -> !without.get(i) && own.has(i))
                .mapToDouble(own::cosine)
                .toArray();
        this.nearlySame = scores.length == 0 ? 1 : Quantiles.of(scores, 1 - Contradictions.ERROR);
        Grouping paths = snapshot.byPath();
        Seen[] seen = new Seen[paths.groups()];
        workers.run(seen.length, () -> path -> {
            int[] members = drawn(paths.members(path), without, seed + path);
            if (members.length >= 2) {
                seen[path] = look(path, members);
            }
        });
        BitSet split = findSeveral(seen);
        findOutliers(seen, displacements);
        findRedundant(seen, split);
    }

    List<Finding> found() {
        return found;
    }

    private static int[] drawn(int[] members, BitSet without, long seed) {
        int[] left = Arrays.stream(members).filter(i -> !without.get(i)).toArray();
        SplittableRandom random = new SplittableRandom(seed);
        int kept = Math.min(MOST, left.length);
        for (int i = 0; i < kept && kept < left.length; i++) {
            int j = random.nextInt(i, left.length);
            int drawn = left[j];
            left[j] = left[i];
            left[i] = drawn;
        }
        return Arrays.copyOf(left, kept);
    }

    private Seen look(int path, int[] members) {
        float[][] cosines = cosines(snapshot.vectors(), members);
        List<int[]> parts = parts(cosines);
        List<int[]> things = parts.stream().filter(p -> p.length >= 2).toList();
        double between = things.size() < 2 || members.length < LEAST_TO_SPLIT
                ? Double.NaN
                : things.stream()
                        .mapToDouble(part -> typicalBest(cosines, part, things))
                        .max()
                        .orElseThrow();
        return new Seen(path, parts, between, kept(cosines), members);
    }

    private static float[][] cosines(Points vectors, int[] members) {
        float[][] cosines = new float[members.length][members.length];
        for (int a = 0; a < members.length; a++) {
            for (int b = 0; b < a; b++) {
                cosines[a][b] = vectors.dot(members[a], members[b]);
                cosines[b][a] = cosines[a][b];
            }
        }
        return cosines;
    }

    /** Connected components, the largest first. */
    private List<int[]> parts(float[][] cosines) {
        List<int[]> parts = new ArrayList<>();
        BitSet reached = new BitSet();
        for (int start = 0; start < cosines.length; start++) {
            if (reached.get(start)) {
                continue;
            }
            int[] part = new int[cosines.length];
            int size = 1;
            part[0] = start;
            reached.set(start);
            for (int next = 0; next < size; next++) {
                for (int i = 0; i < cosines.length; i++) {
                    if (!reached.get(i) && cosines[part[next]][i] >= separation.middle()) {
                        reached.set(i);
                        part[size++] = i;
                    }
                }
            }
            parts.add(Arrays.copyOf(part, size));
        }
        parts.sort(Comparator.comparingInt(p -> -p.length));
        return parts;
    }

    private static double typicalBest(float[][] cosines, int[] part, List<int[]> things) {
        return Quantiles.median(Arrays.stream(part)
                .mapToDouble(i -> things.stream()
                        .filter(other -> other != part)
                        .flatMapToInt(Arrays::stream)
                        .mapToDouble(j -> cosines[i][j])
                        .max()
                        .orElseThrow())
                .toArray());
    }

    /**
     * Those that stand for the others: again and again the one that most of what is left is nearly the same as. Source of
     * the greedy cover: Chvátal, Mathematics of Operations Research 4, 1979.
     */
    private int[] kept(float[][] cosines) {
        int n = cosines.length;
        BitSet left = new BitSet();
        left.set(0, n);
        int[] kept = new int[n];
        int count = 0;
        while (!left.isEmpty()) {
            int best = -1;
            int most = 0;
            for (int i = left.nextSetBit(0); i >= 0; i = left.nextSetBit(i + 1)) {
                int covered = 0;
                for (int j = left.nextSetBit(0); j >= 0; j = left.nextSetBit(j + 1)) {
                    covered += i == j || cosines[i][j] >= nearlySame ? 1 : 0;
                }
                if (covered > most) {
                    most = covered;
                    best = i;
                }
            }
            kept[count++] = best;
            int chosen = best;
            left.stream()
                    .filter(j -> j == chosen || cosines[chosen][j] >= nearlySame)
                    .forEach(left::clear);
        }
        return Arrays.copyOf(kept, count);
    }

    private BitSet findSeveral(Seen[] seen) {
        List<Seen> judged = Arrays.stream(seen)
                .filter(s -> s != null && s.members.length >= LEAST_TO_SPLIT)
                .toList();
        double[] posterior = Posterior.of(judged.stream()
                .mapToDouble(s -> separation.forStranger(Double.isNaN(s.between) ? separation.own() : s.between))
                .toArray());
        BitSet split = new BitSet();
        for (int k = 0; k < posterior.length; k++) {
            Seen label = judged.get(k);
            if (!Double.isNaN(label.between) && posterior[k] > .5) {
                split.set(label.path);
                List<List<RegistrationId>> parts = label.parts.stream()
                        .filter(p -> p.length >= 2)
                        .map(p -> ids(p, label.members))
                        .toList();
                LabelPath path = snapshot.path(label.path);
                found.add(new Finding.SeveralInOne(
                        path, parts, label.between, posterior[k], new Action.Split(named(path, parts))));
            }
        }
        return split;
    }

    private static Map<LabelPath, List<RegistrationId>> named(LabelPath path, List<List<RegistrationId>> parts) {
        Map<LabelPath, List<RegistrationId>> named = new LinkedHashMap<>();
        for (int p = 0; p < parts.size(); p++) {
            String number = Integer.toString(p + 1);
            String sub = path.sub()
                    .map(s -> s.substring(0, Math.min(s.length(), LabelPath.MAX_LENGTH - number.length() - 1)) + "-"
                            + number)
                    .orElse("part-" + number);
            named.put(LabelPath.of(path.main(), sub), parts.get(p));
        }
        return named;
    }

    private void findOutliers(Seen[] seen, Displacements displacements) {
        for (Seen label : seen) {
            if (label == null || label.members.length < LEAST_TO_JUDGE_ONE) {
                continue;
            }
            if (2 * label.parts.getFirst().length <= label.members.length) {
                continue;
            }
            for (int[] part : label.parts) {
                int i = label.members[part[0]];
                if (part.length == 1 && own.has(i) && displacements.strangers().get(i)) {
                    found.add(new Finding.Outlier(
                            Examination.evidence(snapshot, i, own.nearest(i)),
                            displacements.strangeness(i),
                            new Action.Delete(List.of(snapshot.id(i)))));
                }
            }
        }
    }

    private void findRedundant(Seen[] seen, BitSet split) {
        for (Seen label : seen) {
            if (label == null || split.get(label.path)) {
                continue;
            }
            int[] members = label.members;
            int redundant = members.length - label.kept.length;
            if (2 * redundant <= members.length) {
                continue;
            }
            BitSet keep = new BitSet();
            Arrays.stream(label.kept).forEach(keep::set);
            int[] dropped =
                    IntStream.range(0, members.length).filter(i -> !keep.get(i)).toArray();
            found.add(new Finding.Redundant(
                    snapshot.path(label.path),
                    ids(keep.stream().toArray(), members),
                    ids(dropped, members),
                    nearlySame,
                    (double) redundant / members.length,
                    new Action.Delete(ids(dropped, members))));
        }
    }

    private List<RegistrationId> ids(int[] which, int[] members) {
        return Arrays.stream(which).mapToObj(i -> snapshot.id(members[i])).toList();
    }

    /** Labels most of whose registrations the others of the label would not recognise. */
    static List<Finding> tooFew(
            Snapshot snapshot, Neighbours neighbours, OwnNearest own, BitSet without, double threshold) {
        List<Finding> found = new ArrayList<>();
        Grouping labels = snapshot.byMainLabel();
        for (int label = 0; label < labels.groups(); label++) {
            int[] members = Arrays.stream(labels.members(label))
                    .filter(i -> !without.get(i) && own.has(i))
                    .toArray();
            int missed = (int) Arrays.stream(members)
                    .filter(i -> own.cosine(i) < threshold
                            // What a rival under a wrong label scores is not this label's fault.
                            || own.cosine(i) < neighbours.rivalCosine(i) && !without.get(neighbours.rival(i)))
                    .count();
            if (2 * missed > members.length) {
                LabelPath path = LabelPath.of(snapshot.mainLabel(label));
                found.add(new Finding.TooFew(
                        path,
                        members.length,
                        missed,
                        (double) missed / members.length,
                        new Action.AddRegistrations(path)));
            }
        }
        return found;
    }
}
