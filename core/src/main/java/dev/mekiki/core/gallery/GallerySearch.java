package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.SpaceMismatch;

/**
 * Port: looking things up. Thread-safe; blocking. Every method may throw
 * {@link dev.mekiki.core.failure.Unavailable} if the store is away.
 */
public interface GallerySearch {

    /**
     * Finds the registrations nearest to a vector. Which candidates are considered may be approximate; their scores
     * never are.
     *
     * @throws NotFound if the gallery does not exist
     * @throws SpaceMismatch if the query is not of the gallery's space
     */
    Candidates lookUp(LookUp question);

    /**
     * Main labels with their counts and sub-labels, in ascending order of the main label by code points.
     *
     * @throws NotFound if the gallery does not exist
     * @throws dev.mekiki.core.failure.InvalidInput if the page token is not one of this listing
     */
    Page<LabelCount> labels(GalleryId gallery, PageRequest page);
}
