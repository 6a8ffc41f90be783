package dev.mekiki.service.drift;

import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.GalleryListing;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Galleries to look at, and to be away. */
final class ListedGalleries implements GalleryListing {

    List<Gallery> galleries = List.of();
    boolean away;

    @Override
    public Optional<Gallery> find(GalleryId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Page<Gallery> list(PageRequest page) {
        if (away) {
            throw new Unavailable("away", Duration.ofSeconds(1));
        }
        return new Page<>(galleries, Optional.empty());
    }
}
