package dev.mekiki.core.gallery;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.EmbeddingSpace;
import java.time.Instant;

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

    /** The same under another name. */
    public Gallery withId(GalleryId newId) {
        return new Gallery(newId, displayName, space, policy, createTime);
    }
}
