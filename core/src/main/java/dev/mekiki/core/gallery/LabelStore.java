package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;

/**
 * Port: the labels of a gallery, and changes of all registrations under one. Thread-safe; blocking. Every method may
 * throw {@link dev.mekiki.core.failure.Unavailable} if the store is away.
 *
 * <p>Changes go in steps of bounded size and keep no state between them: the caller repeats a step until it says that
 * nothing was left. So a change of millions of registrations can break off anywhere and be gone on with by anybody.
 */
public interface LabelStore {

    /** Most registrations that one step changes. */
    int MAX_STEP = 10_000;

    /**
     * Main labels with their counts and sub-labels, in ascending order of the main label by code points.
     *
     * @throws NotFound if the gallery does not exist
     * @throws InvalidInput if the page token is not one of this listing
     */
    Page<LabelCount> list(GalleryId gallery, PageRequest page);

    /**
     * How many registrations are under a scope, exactly.
     *
     * @throws NotFound if the gallery does not exist
     */
    long count(GalleryId gallery, LabelScope scope);

    /**
     * Moves up to {@code most} of the registrations that {@code from} covers, as {@link LabelPath#moved} says; durable
     * and visible when it returns. Their ids stay. If {@code to} has registrations already, they join.
     *
     * @param most 1..{@value #MAX_STEP}
     * @return how many were moved; 0 if none was left
     * @throws NotFound if the gallery does not exist
     * @throws InvalidInput if the move is none, see {@link LabelPath#requireMovable}
     */
    int move(GalleryId gallery, LabelPath from, LabelPath to, int most);

    /**
     * Deletes up to {@code most} of the registrations that {@code label} covers; durable and visible when it returns.
     *
     * @param most 1..{@value #MAX_STEP}
     * @return how many were deleted; 0 if none was left
     * @throws NotFound if the gallery does not exist
     */
    int delete(GalleryId gallery, LabelPath label, int most);
}
