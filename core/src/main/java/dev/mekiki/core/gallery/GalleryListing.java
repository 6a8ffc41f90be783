package dev.mekiki.core.gallery;

import java.util.Optional;

/**
 * Port: the galleries there are, to look at. Thread-safe; blocking. Every method may throw
 * {@link dev.mekiki.core.failure.Unavailable} if the store is away.
 */
public interface GalleryListing {

    Optional<Gallery> find(GalleryId id);

    /**
     * In ascending order of id.
     *
     * @throws dev.mekiki.core.failure.InvalidInput if the page token is not one of this listing
     */
    Page<Gallery> list(PageRequest page);
}
