package dev.mekiki.core.gallery;

import java.util.List;

/**
 * What a gallery found, every score exact, every list best first (ties by registration id).
 *
 * @param mainLabels the best registration of the best main label and that of the runner-up main label: 0, 1 or 2 entries
 * @param subLabels under the best main label, the best registration of the best label path and that of the runner-up
 *     path (the main label without a sub-label is a path, too): 0, 1 or 2 entries; the first equals the first of
 *     {@code mainLabels}
 * @param matches the nearest registrations, limited as the {@link LookUp} says
 */
public record Candidates(List<Match> mainLabels, List<Match> subLabels, List<Match> matches) {

    public Candidates {
        mainLabels = List.copyOf(mainLabels);
        subLabels = List.copyOf(subLabels);
        matches = List.copyOf(matches);
    }
}
