package dev.mekiki.gallery.embedded;

import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One change to one registration.
 *
 * @param id the registration
 * @param edit what is to be there instead of what is there; returning the very same leaves it as it is
 * @param done completes with what is there, once that is durable and can be looked up
 */
record Change(RegistrationId id, Edit edit, CompletableFuture<Optional<Registration>> done) {

    interface Edit {
        /** @throws Failure if the caller asked for something that cannot be */
        Optional<Registration> apply(Optional<Registration> present);
    }

    static Change add(Registration registration) {
        return of(registration.id(), present -> {
            if (present.isEmpty()) {
                return Optional.of(registration);
            }
            Registration there = present.get();
            if (!there.label().equals(registration.label()) || !there.content().equals(registration.content())) {
                throw new AlreadyExists(registration.resource());
            }
            return present;
        });
    }

    static Change relabel(GalleryId gallery, RegistrationId id, LabelPath label) {
        return of(id, present -> {
            Registration there = present.orElseThrow(() -> new NotFound(Registration.resource(gallery, id)));
            return there.label().equals(label) ? present : Optional.of(there.withLabel(label));
        });
    }

    static Change delete(GalleryId gallery, RegistrationId id) {
        return of(id, present -> {
            if (present.isEmpty()) {
                throw new NotFound(Registration.resource(gallery, id));
            }
            return Optional.empty();
        });
    }

    private static Change of(RegistrationId id, Edit edit) {
        return new Change(id, edit, new CompletableFuture<>());
    }
}
