package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.util.List;
import java.util.Optional;

/**
 * Port: the registrations of all galleries. Thread-safe; blocking. When a method returns, its change is durable and, but
 * for {@link #append}, seen by every look-up that begins later; concurrent callers share the cost of making their changes
 * durable. Every method may throw {@link dev.mekiki.core.failure.Unavailable} if the store is away; a change that ended
 * so may have been made in part, and making it again is harmless.
 */
public interface RegistrationStore {

    /**
     * Adds registrations of one gallery. Where the gallery holds one of the same id, label and content already, nothing
     * changes, so that a replay is harmless; where the id is taken by another label or content, that one is left as it
     * is and the others are added. Of several with the same id in {@code registrations} the first counts as there
     * already when the next is looked at.
     *
     * @param registrations all of the gallery {@code gallery}
     * @return what became of each, in the order of {@code registrations}
     * @throws NotFound if the gallery does not exist
     * @throws SpaceMismatch if an embedding is not of the gallery's space; nothing is added
     */
    default List<Addition> addAll(GalleryId gallery, List<Registration> registrations) {
        return append(gallery, registrations).awaitShown();
    }

    /**
     * Adds registrations as {@link #addAll} does, but returns as soon as they are durable, so that who adds many does
     * not wait for a store that takes a while to show what it has stored. Until they are shown, other changes take
     * account of them, but look-ups and listings may miss them.
     *
     * @param registrations all of the gallery {@code gallery}
     * @return what became of each, and when it is seen
     * @throws NotFound if the gallery does not exist
     * @throws SpaceMismatch if an embedding is not of the gallery's space; nothing is added
     */
    Appended append(GalleryId gallery, List<Registration> registrations);

    /**
     * Adds one registration, as {@link #addAll} does.
     *
     * @return the registration as it is stored
     * @throws NotFound if the gallery does not exist
     * @throws AlreadyExists if the id is taken by another label or content
     * @throws SpaceMismatch if the embedding is not of the gallery's space
     */
    default Registration add(Registration registration) {
        return switch (addAll(registration.gallery(), List.of(registration)).getFirst()) {
            case Addition.Added(var stored) -> stored;
            case Addition.Present(var stored) -> stored;
            case Addition.Taken _ -> throw new AlreadyExists(registration.resource());
        };
    }

    /** @throws NotFound if the gallery does not exist */
    Optional<Registration> find(GalleryId gallery, RegistrationId id);

    /**
     * In ascending order of id.
     *
     * @throws NotFound if the gallery does not exist
     * @throws dev.mekiki.core.failure.InvalidInput if the page token is not one of this listing
     */
    Page<Registration> list(GalleryId gallery, LabelScope scope, PageRequest page);

    /**
     * Moves a registration to another label; its id stays.
     *
     * @return the registration as it is now
     * @throws NotFound if the gallery or the registration does not exist
     */
    Registration relabel(GalleryId gallery, RegistrationId id, LabelPath label);

    /** @throws NotFound if the gallery or the registration does not exist */
    void delete(GalleryId gallery, RegistrationId id);
}
