package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.NotFound;
import java.util.function.UnaryOperator;

/**
 * Port: makes, changes and takes away galleries. Thread-safe; blocking. Every method may throw
 * {@link dev.mekiki.core.failure.Unavailable} if the store is away.
 */
public interface GalleryCatalogue extends GalleryListing {

    /**
     * Creates an empty gallery; durable when it returns.
     *
     * @throws AlreadyExists if there is one of that id
     */
    void create(Gallery gallery);

    /**
     * Changes what people call a gallery and how it decides; durable when it returns. This process decides by the new
     * policy from then on, another one that shares the store within the time that it remembers galleries for.
     *
     * @param change of the gallery as it is; may change the display name and the policy. Changes within one process come
     *     one after the other; of two processes the last one wins
     * @return the gallery as it is now
     * @throws NotFound if there is none
     * @throws dev.mekiki.core.failure.InvalidInput if the store cannot hold as large a policy
     * @throws IllegalArgumentException if anything else is changed
     */
    Gallery update(GalleryId id, UnaryOperator<Gallery> change);

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
