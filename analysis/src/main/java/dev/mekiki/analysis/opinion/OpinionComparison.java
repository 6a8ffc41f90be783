package dev.mekiki.analysis.opinion;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.graph.GraphClassifier;
import dev.mekiki.analysis.graph.NearestNeighbours;
import dev.mekiki.analysis.graph.NeighbourGraph;
import dev.mekiki.analysis.graph.Neighbours;
import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.MeanDistance;
import dev.mekiki.analysis.space.Workers;
import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What share of registrations each of several ways names rightly whose main labels they were not told: half of every
 * label's registrations, drawn at random, is told, the rest asked. Hard ones are the quarter of those asked for whose
 * nearest label is least ahead of the next.
 *
 * @param told how many registrations were told
 * @param asked how many were asked for
 * @param rows one for each way
 */
public record OpinionComparison(int told, int asked, List<Row> rows) {

    /** A network has numbers for each label, and steps that grow with them. */
    public static final int MOST_LABELS = 1_000;

    private static final int NEIGHBOURS = 15;
    private static final int VOTERS = 10;
    private static final double SCALE = .2;
    private static final GraphClassifier.Settings GRAPH = new GraphClassifier.Settings(300, .02, 1);
    private static final double PENALTY = 1e-4;
    private static final int STEPS = 300;
    private static final int REPLICATES = 500;

    public OpinionComparison {
        rows = List.copyOf(rows);
    }

    /** How a label is told. */
    public enum Way {
        /** The label of the nearest one told. */
        NEAREST,
        /** The label that most of the ten nearest ones told have; of several, that of the nearest. */
        MAJORITY,
        /** {@link LinearHead}. */
        LINEAR_HEAD,
        /** {@link GraphClassifier}, which sees the graph of all, and the labels of those told. */
        GRAPH
    }

    /**
     * What one way made of it.
     *
     * @param all share of all asked for that it names rightly, with its interval
     * @param hard likewise of the hard ones
     */
    public record Row(Way way, Estimate all, Estimate hard) {}

    /**
     * Compares.
     *
     * @throws IllegalArgumentException if the snapshot has fewer than two labels or more than {@link #MOST_LABELS}, or no
     *     label has two registrations
     */
    public static OpinionComparison of(Snapshot snapshot, NearestNeighbours search, Workers workers, long seed) {
        Grouping labels = snapshot.byMainLabel();
        if (labels.groups() < 2 || labels.groups() > MOST_LABELS) {
            throw new IllegalArgumentException(
                    "main labels: " + labels.groups() + " (expected: 2.." + MOST_LABELS + ", to compare opinions)");
        }
        SplittableRandom random = new SplittableRandom(seed);
        int[] told = told(labels, random);
        int[] asked = IntStream.range(0, told.length).filter(i -> told[i] < 0).toArray();
        if (asked.length == 0) {
            throw new IllegalArgumentException(
                    "registrations of a label: 1 each (expected: 2 of one label, to compare opinions)");
        }
        Nearest nearest = new Nearest(snapshot, told, asked, workers);
        Neighbours among =
                search.find(snapshot.vectors(), labels, Math.min(NEIGHBOURS, labels.points() - 1), workers, _ -> {});
        NeighbourGraph graph = NeighbourGraph.unweighted(among)
                .weighted(snapshot.vectors()::distance, MeanDistance.of(snapshot.vectors(), seed), SCALE);
        LinearHead head = LinearHead.train(snapshot.vectors(), told, labels.groups(), PENALTY, STEPS, workers);
        GraphClassifier classifier = GraphClassifier.train(graph, told, labels.groups(), GRAPH, workers);
        boolean[] hard = hard(nearest.leads());
        List<Row> rows = Arrays.stream(Way.values())
                .map(way -> {
                    boolean[] right = new boolean[asked.length];
                    for (int a = 0; a < asked.length; a++) {
                        int said = switch (way) {
                            case NEAREST -> nearest.label(a);
                            case MAJORITY -> nearest.majority(a);
                            case LINEAR_HEAD -> head.of(snapshot.vectors(), asked[a]);
                            case GRAPH -> classifier.of(asked[a]).label();
                        };
                        right[a] = said == labels.of(asked[a]);
                    }
                    return new Row(way, share(right, _ -> true, seed), share(right, a -> hard[a], seed));
                })
                .toList();
        return new OpinionComparison(told.length - asked.length, asked.length, rows);
    }

    /** The labels, -1 for those asked for; at least one of each label is told. */
    private static int[] told(Grouping labels, SplittableRandom random) {
        int[] told = labels.toArray();
        for (int label = 0; label < labels.groups(); label++) {
            int[] members = labels.members(label);
            int left = members.length / 2;
            for (int m = 0; m < members.length; m++) {
                if (random.nextInt(members.length - m) < left) {
                    told[members[m]] = -1;
                    left--;
                }
            }
        }
        return told;
    }

    private static boolean[] hard(double[] leads) {
        double[] sorted = leads.clone();
        Arrays.sort(sorted);
        double most = sorted[Math.max(0, leads.length / 4 - 1)];
        boolean[] hard = new boolean[leads.length];
        for (int a = 0; a < hard.length; a++) {
            hard[a] = leads[a] <= most;
        }
        return hard;
    }

    private interface Chosen {
        boolean is(int asked);
    }

    private static Estimate share(boolean[] right, Chosen chosen, long seed) {
        int[] which = IntStream.range(0, right.length).filter(chosen::is).toArray();
        return new ClassBootstrap(which.length, REPLICATES, seed)
                .estimate(times -> {
                    double good = 0;
                    for (int w = 0; w < which.length; w++) {
                        good += right[which[w]] ? times[w] : 0;
                    }
                    return new double[] {good / which.length};
                })
                .getFirst();
    }

    /** The nearest ones told of each that is asked for. */
    private static final class Nearest {
        private final int[] told;
        private final int[][] voters;
        private final double[] leads;

        Nearest(Snapshot snapshot, int[] told, int[] asked, Workers workers) {
            this.told = told;
            this.voters = new int[asked.length][];
            this.leads = new double[asked.length];
            int[] known =
                    IntStream.range(0, told.length).filter(i -> told[i] >= 0).toArray();
            workers.run(asked.length, () -> a -> {
                float[] cosines = new float[known.length];
                for (int k = 0; k < known.length; k++) {
                    cosines[k] = snapshot.vectors().dot(asked[a], known[k]);
                }
                voters[a] = nearest(known, cosines);
                float best = Float.NEGATIVE_INFINITY;
                float rival = Float.NEGATIVE_INFINITY;
                int label = told[voters[a][0]];
                for (int k = 0; k < known.length; k++) {
                    if (told[known[k]] == label) {
                        best = Math.max(best, cosines[k]);
                    } else {
                        rival = Math.max(rival, cosines[k]);
                    }
                }
                leads[a] = best - rival;
            });
        }

        private static int[] nearest(int[] known, float[] cosines) {
            int[] voters = new int[Math.min(VOTERS, known.length)];
            float[] best = new float[voters.length];
            int count = 0;
            for (int k = 0; k < known.length; k++) {
                if (count == voters.length && cosines[k] <= best[count - 1]) {
                    continue;
                }
                int at = count < voters.length ? count++ : count - 1;
                while (at > 0 && best[at - 1] < cosines[k]) {
                    best[at] = best[at - 1];
                    voters[at] = voters[at - 1];
                    at--;
                }
                best[at] = cosines[k];
                voters[at] = known[k];
            }
            return voters;
        }

        int label(int asked) {
            return told[voters[asked][0]];
        }

        int majority(int asked) {
            int[] labels = Arrays.stream(voters[asked]).map(v -> told[v]).toArray();
            int best = labels[0];
            long votes = 0;
            for (int label : labels) {
                long votesForIt = Arrays.stream(labels).filter(l -> l == label).count();
                if (votesForIt > votes) {
                    votes = votesForIt;
                    best = label;
                }
            }
            return best;
        }

        double[] leads() {
            return leads;
        }
    }
}
