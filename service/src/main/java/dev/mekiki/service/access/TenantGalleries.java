package dev.mekiki.service.access;

import dev.mekiki.core.failure.QuotaExceeded;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryListing;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The galleries that are a tenant's. */
public final class TenantGalleries {

    private TenantGalleries() {}

    /** Those that there are; blocks. */
    public static List<Gallery> of(Tenant tenant, GalleryListing galleries) {
        List<Gallery> owned = new ArrayList<>();
        Optional<String> next = Optional.empty();
        do {
            Page<Gallery> page = galleries.list(new PageRequest(PageRequest.MAX_SIZE, next));
            page.items().stream().filter(gallery -> tenant.owns(gallery.id())).forEach(owned::add);
            next = page.nextToken();
        } while (next.isPresent());
        return owned;
    }

    /**
     * Blocks. Two that are made at the same moment can be one too many.
     *
     * @throws QuotaExceeded if the tenant has as many as it may
     */
    public static void requireRoom(Tenant tenant, GalleryListing galleries) {
        tenant.mostGalleries().ifPresent(most -> {
            int found = of(tenant, galleries).size();
            if (found >= most) {
                throw QuotaExceeded.ofAmount(tenant.name(), found, most + " galleries");
            }
        });
    }
}
