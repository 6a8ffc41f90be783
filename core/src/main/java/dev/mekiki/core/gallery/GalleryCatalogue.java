package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.NotFound;
import java.util.Optional;

/**
 * Port: which galleries there are. Thread-safe; blocking. Every method may throw
 * {@link dev.mekiki.core.failure.Unavailable} if the store is away.
 */
public interface GalleryCatalogue {

    /**
     * Creates an empty gallery; durable when it returns.
     *
     * @throws AlreadyExists if there is one of that id
     */
    void create(Gallery gallery);

    Optional<Gallery> find(GalleryId id);

    /**
     * In ascending order of id.
     *
     * @throws dev.mekiki.core.failure.InvalidInput if the page token is not one of this listing
     */
    Page<Gallery> list(PageRequest page);

    /**
     * Deletes a gallery and every registration in it; durable when it returns.
     *
     * @throws NotFound if there is none
     */
    void delete(GalleryId id);
}
