package dev.mekiki.analysis.finding;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.graph.Neighbours;
import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Looks for faults, the plainest first; what is at fault is not looked at again, so that one fault is found once. In
 * turn: the same image under two labels, registrations of another label than theirs, then labels and pairs of labels by
 * what is left of them.
 *
 * <p>There is no setting: what is near and what is far follows from how registrations score with their own label and with
 * others. Findings that compare labels need labels with two registrations or more; in a gallery without any, only
 * identical images are found.
 */
public final class Examination {

    private static final int ENOUGH_SCORES = 20;
    private static final int DRAWN = 2_000;
    private static final int DRAWN_MEMBERS = 50;

    private final Snapshot snapshot;
    private final Neighbours neighbours;
    private final List<Finding> findings = new ArrayList<>();
    private final BitSet contradictory;
    private final BitSet misplaced;
    private final OwnNearest left;
    private final ScoreSeparation separation;

    /**
     * Examines a gallery.
     *
     * @param neighbours of the snapshot's registrations, their rivals of another main label
     * @throws java.util.concurrent.CancellationException if the workers were cancelled
     */
    public Examination(Snapshot snapshot, Neighbours neighbours, Workers workers, long seed) {
        this.snapshot = snapshot;
        this.neighbours = neighbours;
        OwnNearest own = OwnNearest.of(snapshot.vectors(), snapshot.byMainLabel(), new BitSet(), workers);
        separation = separation(snapshot, own, neighbours, seed);
        Contradictions contradictions = new Contradictions(snapshot, neighbours, own, separation);
        contradictory = contradictions.involved();
        Displacements displacements = new Displacements(snapshot, neighbours, own, separation, contradictory);
        misplaced = displacements.misplaced();
        BitSet without = (BitSet) contradictory.clone();
        without.or(misplaced);
        left = OwnNearest.of(snapshot.vectors(), snapshot.byMainLabel(), without, workers);
        workers.endIfCancelled();
        findings.addAll(contradictions.found());
        findings.addAll(displacements.found());
        findings.addAll(new SingleLabels(snapshot, left, separation, displacements, without, workers, seed).found());
        findings.addAll(new LabelPairs(snapshot, neighbours, separation, without, workers, seed).found());
    }

    private static ScoreSeparation separation(Snapshot snapshot, OwnNearest own, Neighbours neighbours, long seed) {
        int n = snapshot.count();
        double[] ofOwn =
                IntStream.range(0, n).filter(own::has).mapToDouble(own::cosine).toArray();
        double[] ofNearest = IntStream.range(0, n)
                .filter(i -> neighbours.rival(i) >= 0)
                .mapToDouble(neighbours::rivalCosine)
                .toArray();
        return ofOwn.length < ENOUGH_SCORES || ofNearest.length < ENOUGH_SCORES
                ? ScoreSeparation.NONE
                : ScoreSeparation.of(ofOwn, ofNearest, withAnyOther(snapshot, seed));
    }

    /** Best cosines of registrations to labels, both drawn at random. */
    private static double[] withAnyOther(Snapshot snapshot, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Grouping labels = snapshot.byMainLabel();
        double[] best = new double[DRAWN];
        for (int draw = 0; draw < DRAWN; draw++) {
            int i = random.nextInt(snapshot.count());
            int other = random.nextInt(labels.groups() - 1);
            int[] members = labels.members(other < labels.of(i) ? other : other + 1);
            best[draw] = Arrays.stream(members, 0, Math.min(members.length, DRAWN_MEMBERS))
                    .mapToDouble(j -> snapshot.vectors().dot(i, j))
                    .max()
                    .orElseThrow();
        }
        return best;
    }

    /** What was found but labels with too few registrations, in the order of looking; of one kind by label or registration. */
    public List<Finding> findings() {
        return List.copyOf(findings);
    }

    /**
     * Labels most of whose sound registrations the others of the label would not recognise.
     *
     * @param threshold cosine from which something is known
     */
    public List<Finding> tooFew(double threshold) {
        BitSet without = (BitSet) contradictory.clone();
        without.or(misplaced);
        return SingleLabels.tooFew(snapshot, neighbours, left, without, threshold);
    }

    /** The scores that it went by. */
    public ScoreSeparation separation() {
        return separation;
    }

    /** Whether a registration is neither in a contradiction nor misplaced. */
    public boolean isSound(int registration) {
        return !contradictory.get(registration) && !misplaced.get(registration);
    }

    /** Cosine to the nearest sound registration of the same main label; {@code -∞} if there is none. */
    public double ownCosine(int registration) {
        return left.cosine(registration);
    }

    static Evidence evidence(Snapshot snapshot, int first, int second) {
        return new Evidence(
                snapshot.id(first),
                snapshot.label(first),
                snapshot.id(second),
                snapshot.label(second),
                snapshot.vectors().dot(first, second));
    }
}
