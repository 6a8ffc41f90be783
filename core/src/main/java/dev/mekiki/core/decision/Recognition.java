package dev.mekiki.core.decision;

import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.label.LabelPath;
import java.util.Optional;

/** The answer to "what is this?". */
public sealed interface Recognition {

    /** The cosine that the best match had to reach. */
    double threshold();

    /**
     * Recognised.
     *
     * @param label the main label, with the sub-label where that was clear
     * @param score exact cosine of the best registration
     * @param margin lead over the runner-up main label, in cosine; empty if there is no other
     * @param threshold the cosine that had to be reached
     */
    record Known(LabelPath label, ExactScore score, Optional<Double> margin, double threshold) implements Recognition {}

    /**
     * Not recognised.
     *
     * @param reason why not
     * @param nearest the nearest registration; empty if there was none
     * @param threshold the cosine that had to be reached
     */
    record Unknown(Reason reason, Optional<Match> nearest, double threshold) implements Recognition {}

    /** Why something is unknown. */
    enum Reason {
        /** Nothing is registered under the labels asked for. */
        NO_CANDIDATES,
        /** The nearest registration is not near enough. */
        BELOW_THRESHOLD
    }
}
