package dev.mekiki.analysis.finding;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.graph.Neighbours;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds registrations that are not of their label. A registration scores with its own label as registrations do, or as
 * strangers do; and with its rival as strangers do, or as registrations do with their own: four cases, of which the plain
 * one is that it is of its own label only. It is of its rival's label if it is of that and not of its own; of no label if
 * it is of neither; and if it is of both, the fault is another's, as where its rival is misplaced. Taken are those that are
 * of another label or of none with a {@linkplain Posterior probability} above one half.
 */
final class Displacements {

    private final BitSet misplaced = new BitSet();
    private final BitSet strangers = new BitSet();
    private final double[] strangeness;
    private final List<Finding> found = new ArrayList<>();

    /** @param without registrations that are not looked at */
    Displacements(
            Snapshot snapshot, Neighbours neighbours, OwnNearest own, ScoreSeparation separation, BitSet without) {
        int[] looked = IntStream.range(0, snapshot.count())
                .filter(i -> !without.get(i) && own.has(i) && neighbours.rival(i) >= 0)
                .toArray();
        double[] ofAnother = new double[looked.length];
        double[] ofNone = new double[looked.length];
        double[] ofBoth = new double[looked.length];
        for (int k = 0; k < looked.length; k++) {
            ofNone[k] = separation.forStranger(own.cosine(looked[k]));
            ofBoth[k] = separation.forOneOfOthers(neighbours.rivalCosine(looked[k]));
            ofAnother[k] = ofNone[k] + ofBoth[k];
        }
        double[][] posterior = Posterior.of(new double[][] {ofAnother, ofNone, ofBoth});
        strangeness = new double[snapshot.count()];
        for (int k = 0; k < looked.length; k++) {
            int i = looked[k];
            int rival = neighbours.rival(i);
            strangeness[i] = posterior[1][k];
            if (posterior[0][k] > .5 && neighbours.rivalCosine(i) > own.cosine(i)) {
                misplaced.set(i);
                found.add(new Finding.Misplaced(
                        Examination.evidence(snapshot, i, own.nearest(i)),
                        Examination.evidence(snapshot, i, rival),
                        posterior[0][k],
                        new Action.Relabel(snapshot.id(i), snapshot.label(rival))));
            } else if (posterior[1][k] > .5) {
                strangers.set(i);
            }
        }
    }

    List<Finding> found() {
        return found;
    }

    /** Registrations of another label. */
    BitSet misplaced() {
        return misplaced;
    }

    /** Registrations that are of no label, taken one by one; a label of many such is a scattered one. */
    BitSet strangers() {
        return strangers;
    }

    /** How likely a registration is of no label. */
    double strangeness(int registration) {
        return strangeness[registration];
    }
}
