package dev.mekiki.core.bulk;

import dev.mekiki.core.failure.InvalidInput;
import java.util.OptionalDouble;

/**
 * How rows are imported.
 *
 * @param validateOnly check and report everything, register nothing
 * @param conflicts what is done with a row that contradicts another
 * @param conflictScore cosine, -1..1, from which vectors under two main labels contradict each other; empty if only
 *     contents are compared
 */
public record ImportOptions(boolean validateOnly, ConflictPolicy conflicts, OptionalDouble conflictScore) {

    /** What is done with a row whose content, or nearly its vector, is under another main label. */
    public enum ConflictPolicy {
        /** It is reported and not registered. */
        REJECT,
        /** It is reported and registered. */
        ACCEPT
    }

    /** @throws InvalidInput if the score is none */
    public ImportOptions {
        if (conflictScore.isPresent()) {
            double score = conflictScore.getAsDouble();
            if (!(score >= -1 && score <= 1)) {
                throw new InvalidInput("conflict_score", Double.toString(score), "-1..1");
            }
        }
    }
}
