package dev.mekiki.gallery.embedded;

import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one caller wants changed.
 *
 * @param ids the registrations that it names, so that those of many changes are looked for together
 * @param size most registrations that it changes, at least 1
 * @param decision what is to be done about what is there
 * @param done completes with the answer, once that is durable and can be looked up
 */
record Change<T>(List<RegistrationId> ids, int size, Decision<T> decision, CompletableFuture<T> done) {

    interface Decision<T> {
        /** @throws Failure if the caller asked for something that cannot be; nothing is drafted then */
        T on(Draft draft) throws IOException;
    }

    /** Adds registrations, each of which may be there or its id taken; says which. */
    static Change<List<Addition>> addAll(List<Registration> registrations) {
        List<RegistrationId> ids = registrations.stream().map(Registration::id).toList();
        return of(ids, ids.size(), draft -> {
            List<Addition> additions = new ArrayList<>(registrations.size());
            for (Registration registration : registrations) {
                additions.add(add(draft, registration));
            }
            return additions;
        });
    }

    private static Addition add(Draft draft, Registration registration) throws IOException {
        @Nullable Registration there = draft.find(registration.id());
        if (there == null) {
            draft.put(registration);
            return new Addition.Added(registration);
        }
        if (there.label().equals(registration.label()) && there.content().equals(registration.content())) {
            return new Addition.Present(there);
        }
        return new Addition.Taken(there.key());
    }

    static Change<Registration> relabel(GalleryId gallery, RegistrationId id, LabelPath label) {
        return of(List.of(id), 1, draft -> {
            Registration there = require(draft, gallery, id);
            if (there.label().equals(label)) {
                return there;
            }
            Registration relabelled = there.withLabel(label);
            draft.put(relabelled);
            return relabelled;
        });
    }

    static Change<Registration> delete(GalleryId gallery, RegistrationId id) {
        return of(List.of(id), 1, draft -> {
            Registration there = require(draft, gallery, id);
            draft.remove(id);
            return there;
        });
    }

    /** Changes what is said of the gallery itself. */
    static Change<Gallery> describe(Gallery gallery) {
        return of(List.of(), 1, draft -> {
            draft.describe(gallery);
            return gallery;
        });
    }

    /** Moves up to {@code most} of the registrations under a label; says how many. */
    static Change<Integer> moveUnder(LabelPath from, LabelPath to, int most) {
        return of(List.of(), most, draft -> {
            List<RegistrationId> ids = draft.idsUnder(from, most);
            for (RegistrationId id : ids) {
                @Nullable Registration there = draft.find(id);
                if (there != null) {
                    draft.put(there.withLabel(there.label().moved(from, to)));
                }
            }
            return ids.size();
        });
    }

    /** Deletes up to {@code most} of the registrations under a label; says how many. */
    static Change<Integer> deleteUnder(LabelPath label, int most) {
        return of(List.of(), most, draft -> {
            List<RegistrationId> ids = draft.idsUnder(label, most);
            ids.forEach(draft::remove);
            return ids.size();
        });
    }

    private static Registration require(Draft draft, GalleryId gallery, RegistrationId id) throws IOException {
        @Nullable Registration there = draft.find(id);
        if (there == null) {
            throw new NotFound(Registration.resource(gallery, id));
        }
        return there;
    }

    private static <T> Change<T> of(List<RegistrationId> ids, int size, Decision<T> decision) {
        return new Change<>(ids, size, decision, new CompletableFuture<>());
    }
}
