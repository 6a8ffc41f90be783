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

    /**
     * Lets two galleries exchange their names: what {@code one} held is under {@code other} afterwards and the other
     * way round, embedding spaces and policies included. Look-ups find either all of the old or all of the new under a
     * name, at any moment; durable when it returns. This is how a gallery that was embedded anew takes the place of
     * the old one, and how it is taken back.
     *
     * @throws NotFound if one of them does not exist
     */
    void exchange(GalleryId one, GalleryId other);
}
