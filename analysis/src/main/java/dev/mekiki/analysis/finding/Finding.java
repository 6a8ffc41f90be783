package dev.mekiki.analysis.finding;

import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.util.List;

/** Something about a gallery that its operator had better look at. */
public sealed interface Finding {

    /** How sure it is, in [0, 1]; findings of one kind are sorted by it. */
    double score();

    Action action();

    /**
     * The same image, or one as good as the same, under two labels.
     *
     * @param identical whether the bytes are the same
     */
    record Contradiction(Evidence evidence, boolean identical, double score, Action action) implements Finding {}

    /**
     * A registration that belongs to another label than its own, by its neighbours.
     *
     * @param nearestOwn the nearest of its own label
     * @param nearestOther the nearest of the label that it seems to belong to
     */
    record Misplaced(Evidence nearestOwn, Evidence nearestOther, double score, Action action) implements Finding {}

    /**
     * A label under which there are several things.
     *
     * @param parts registrations of each, two or more, the largest part first
     * @param between typical best cosine from one part to the others
     */
    record SeveralInOne(LabelPath label, List<List<RegistrationId>> parts, double between, double score, Action action)
            implements Finding {
        public SeveralInOne {
            parts = parts.stream().map(List::copyOf).toList();
        }
    }

    /**
     * Two main labels that are one thing.
     *
     * @param between typical best cosine from either to the other, the lower of the two
     * @param separable probability that labels dealt at random would be separated by nearest neighbours as well as these
     */
    record OneUnderTwo(LabelPath first, LabelPath second, double between, double separable, double score, Action action)
            implements Finding {}

    /**
     * Two sub-labels of one main label whose registrations are as mixed as if the sub-labels had been dealt at random.
     *
     * @param between as for {@link OneUnderTwo}
     * @param separable as for {@link OneUnderTwo}
     */
    record IndistinctSubLabels(
            LabelPath first, LabelPath second, double between, double separable, double score, Action action)
            implements Finding {}

    /**
     * A registration that is a stranger to its label, while most of the others hang together, and is of no other label.
     *
     * @param nearestOwn the nearest of its own label
     */
    record Outlier(Evidence nearestOwn, double score, Action action) implements Finding {}

    /**
     * A label most of whose registrations would not be recognised by the others of it.
     *
     * @param registrations how many it has
     * @param missed how many of these are below the threshold or nearer to another label
     */
    record TooFew(LabelPath label, int registrations, int missed, double score, Action action) implements Finding {}

    /**
     * A label with registrations that add nothing.
     *
     * @param kept those that the others are nearly the same as
     * @param redundant the others, more than half of all
     * @param atLeast every redundant one has this cosine with one that is kept, or more
     */
    record Redundant(
            LabelPath label,
            List<RegistrationId> kept,
            List<RegistrationId> redundant,
            double atLeast,
            double score,
            Action action)
            implements Finding {
        public Redundant {
            kept = List.copyOf(kept);
            redundant = List.copyOf(redundant);
        }
    }
}
