package dev.mekiki.service.access;

import dev.mekiki.core.gallery.GalleryId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Somebody whose callers, galleries and limits are kept apart from others'.
 *
 * @param name unique
 * @param galleries which are the tenant's; no other tenant's
 * @param rate how many images its callers may send together; empty: as many as the service takes
 * @param mostGalleries it may have; empty: any number
 * @param mostRegistrations it may have in all its galleries; empty: any number
 */
public record Tenant(
        String name,
        List<GalleryPattern> galleries,
        Optional<Rate> rate,
        OptionalLong mostGalleries,
        OptionalLong mostRegistrations) {

    public Tenant {
        galleries = List.copyOf(galleries);
    }

    /**
     * Images over time.
     *
     * @param imagesPerSecond at least 1
     * @param burst how many may come at once after a while without any, at least 1
     */
    public record Rate(long imagesPerSecond, long burst) {

        /** @throws IllegalArgumentException if one of them is less than 1 */
        public Rate {
            requireSome("images-per-second", imagesPerSecond);
            requireSome("burst", burst);
        }

        @Override
        public String toString() {
            return imagesPerSecond + " images per second";
        }
    }

    boolean owns(GalleryId gallery) {
        return galleries.stream().anyMatch(pattern -> pattern.matches(gallery));
    }

    static void requireSome(String field, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: at least 1)");
        }
    }
}
