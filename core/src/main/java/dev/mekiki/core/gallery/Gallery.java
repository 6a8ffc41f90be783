package dev.mekiki.core.gallery;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.EmbeddingSpace;
import java.time.Instant;
import java.util.function.UnaryOperator;

/**
 * A named set of registrations in one embedding space, with its decision policy.
 *
 * @param id its name
 * @param displayName for people, may be empty
 * @param space the embedding space of every registration in it
 * @param policy turns scores into a recognition
 * @param createTime when it was created, to the millisecond
 */
public record Gallery(
        GalleryId id, String displayName, EmbeddingSpace space, DecisionPolicy policy, Instant createTime) {

    /** The same with another name for people and another policy. */
    public Gallery with(String newDisplayName, DecisionPolicy newPolicy) {
        return new Gallery(id, newDisplayName, space, newPolicy, createTime);
    }

    /**
     * What a change made of this gallery.
     *
     * @throws IllegalArgumentException if it is not the same gallery but for display name and policy
     */
    public Gallery changed(UnaryOperator<Gallery> change) {
        Gallery changed = change.apply(this);
        if (!changed.isStill(this)) {
            throw new IllegalArgumentException(
                    changed + " (expected: " + this + " but for its display name and its policy)");
        }
        return changed;
    }

    /** Whether it is the gallery that {@code before} was, though it may decide by another policy now. */
    public boolean isStill(Gallery before) {
        return id.equals(before.id) && createTime.equals(before.createTime) && space.equals(before.space);
    }

    /** The same under another name. */
    public Gallery withId(GalleryId newId) {
        return new Gallery(newId, displayName, space, policy, createTime);
    }
}
