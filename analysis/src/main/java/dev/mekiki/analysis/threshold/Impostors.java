package dev.mekiki.analysis.threshold;

import dev.mekiki.analysis.space.Grouping;

/**
 * What strangers score: for each the best score over a gallery that does not know it.
 *
 * @param scores cosines
 * @param classes which of them are of one thing, so that they are not independent
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Impostors(float[] scores, Grouping classes) {

    public Impostors {
        if (scores.length != classes.points()) {
            throw new IllegalArgumentException(
                    "scores: " + scores.length + " (expected: " + classes.points() + ", as many as have a class)");
        }
    }
}
