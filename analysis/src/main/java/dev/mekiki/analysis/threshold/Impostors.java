package dev.mekiki.analysis.threshold;

import dev.mekiki.analysis.space.Grouping;

/**
 * What strangers score: for each the best score over a gallery that does not know it.
 *
 * @param scores cosines
 * @param classes which of them are of one thing, so that they are not independent
 * @param nearest the label that each reached its score with; a label that takes part as a stranger itself has the number
 *     of its class
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Impostors(float[] scores, Grouping classes, Grouping nearest) {

    public Impostors {
        if (scores.length != classes.points() || scores.length != nearest.points()) {
            throw new IllegalArgumentException("scores: " + scores.length + " (expected: " + classes.points() + " and "
                    + nearest.points() + ", as many as have a class and a nearest label)");
        }
    }
}
