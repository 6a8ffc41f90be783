package dev.mekiki.service.access;

import dev.mekiki.core.failure.PermissionDenied;
import dev.mekiki.core.gallery.GalleryId;
import java.util.List;
import java.util.Optional;

/**
 * Somebody who calls the service.
 *
 * @param name unique; in the audit log
 * @param tenant whose galleries are all that the caller's grants are about; empty: they are about everybody's
 * @param grants what the caller may do
 */
public record Caller(String name, Optional<Tenant> tenant, List<Grant> grants) {

    public Caller {
        grants = List.copyOf(grants);
    }

    /** Whether the caller has a role in a gallery, whether there is one of that name or not. */
    public boolean may(Role role, GalleryId gallery) {
        return tenant.map(owner -> owner.owns(gallery)).orElse(true)
                && grants.stream().anyMatch(grant -> grant.gives(role, gallery));
    }

    /** @throws PermissionDenied if the caller has not the role in the gallery */
    public void require(Role role, GalleryId gallery) {
        if (!may(role, gallery)) {
            throw new PermissionDenied(name, role.words(), gallery.resource());
        }
    }

    /** @throws PermissionDenied if the caller has the role in no gallery */
    public void requireSomewhere(Role role) {
        if (grants.stream().noneMatch(grant -> grant.role().includes(role))) {
            throw new PermissionDenied(name, role.words(), "galleries/-");
        }
    }

    /** @throws PermissionDenied if there can be a gallery, of any tenant, in which the caller has not the role */
    public void requireEverywhere(Role role) {
        if (tenant.isPresent() || grants.stream().noneMatch(grant -> grant.givesEverywhere(role))) {
            throw new PermissionDenied(name, role.words(), "the service");
        }
    }
}
