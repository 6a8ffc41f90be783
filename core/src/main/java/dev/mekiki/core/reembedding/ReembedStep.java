package dev.mekiki.core.reembedding;

import java.util.List;
import java.util.Optional;

/**
 * What one step did; all of it is durable.
 *
 * @param embedded registrations that were embedded and added
 * @param present those that were in the target already
 * @param corrected those whose label was corrected in the target
 * @param deleted those that were deleted from the target
 * @param failures those that could not be brought over, each with its reason
 * @param nextToken where to go on; empty after the last step
 */
public record ReembedStep(
        int embedded,
        int present,
        int corrected,
        int deleted,
        List<ReembedFailure> failures,
        Optional<String> nextToken) {

    public ReembedStep {
        failures = List.copyOf(failures);
    }
}
