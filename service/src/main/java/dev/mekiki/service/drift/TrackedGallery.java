package dev.mekiki.service.drift;

import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import java.time.Instant;

/**
 * What a gallery holds under a name. When two galleries exchange their names, both are tracked anew; so decisions on one
 * model's scores are never added to those on another's, on whichever replica the exchange was asked for. When the names
 * are exchanged back, both are again what they were.
 *
 * @param name that it was asked by
 * @param createTime when what it holds was created, to the millisecond
 * @param space digest of its embedding space
 */
record TrackedGallery(GalleryId name, Instant createTime, String space) {

    static TrackedGallery of(Gallery gallery) {
        return new TrackedGallery(
                gallery.id(), gallery.createTime(), gallery.space().digest());
    }

    /** Whether both hold the same, be it under another name. */
    boolean holdsTheSameAs(TrackedGallery other) {
        return createTime.equals(other.createTime) && space.equals(other.space);
    }
}
