package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.image.ContentDigest;
import java.util.List;
import java.util.Set;

/**
 * Port: looking things up. Thread-safe; blocking. Every method may throw
 * {@link dev.mekiki.core.failure.Unavailable} if the store is away.
 */
public interface GallerySearch {

    /** Most ids or digests that are asked about at once. */
    int MAX_KEYS = 1000;

    /**
     * Finds the registrations nearest to a vector. Which candidates are considered may be approximate; their scores
     * never are.
     *
     * @throws NotFound if the gallery does not exist
     * @throws SpaceMismatch if the query is not of the gallery's space
     */
    Candidates lookUp(LookUp question);

    /**
     * Those of the ids that the gallery holds, in no order.
     *
     * @param ids 0..{@value #MAX_KEYS}
     * @throws NotFound if the gallery does not exist
     */
    List<RegistrationKey> withIds(GalleryId gallery, Set<RegistrationId> ids);

    /**
     * For each of the contents that the gallery holds, its registrations under every label, at most 16 of each content,
     * in no order.
     *
     * @param contents 0..{@value #MAX_KEYS}
     * @throws NotFound if the gallery does not exist
     */
    List<RegistrationKey> withContents(GalleryId gallery, Set<ContentDigest> contents);
}
