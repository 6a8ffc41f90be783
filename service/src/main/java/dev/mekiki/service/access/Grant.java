package dev.mekiki.service.access;

import dev.mekiki.core.gallery.GalleryId;
import java.util.List;

/**
 * A role in some galleries.
 *
 * @param role what may be done
 * @param galleries with which, at least one
 */
public record Grant(Role role, List<GalleryPattern> galleries) {

    /** @throws IllegalArgumentException if there are no galleries */
    public Grant {
        if (galleries.isEmpty()) {
            throw new IllegalArgumentException("galleries: none (expected: at least one)");
        }
        galleries = List.copyOf(galleries);
    }

    boolean gives(Role asked, GalleryId gallery) {
        return role.includes(asked) && galleries.stream().anyMatch(pattern -> pattern.matches(gallery));
    }

    boolean givesEverywhere(Role asked) {
        return role.includes(asked) && galleries.stream().anyMatch(GalleryPattern::isEverything);
    }
}
