package dev.mekiki.core.gallery;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.label.LabelScope;

/**
 * A question to a gallery.
 *
 * @param gallery where to look
 * @param query the vector to look for
 * @param scope only registrations under these labels are candidates
 * @param maxMatches length of the list of nearest registrations, 0..1000
 * @param maxPerLabel most entries of that list with the same main label, 1..1000, so that one crowded label cannot fill it
 */
public record LookUp(GalleryId gallery, Embedding query, LabelScope scope, int maxMatches, int maxPerLabel) {

    public static final int MAX_MATCHES = 1000;

    /** @throws InvalidInput if a number is out of range */
    public LookUp {
        if (maxMatches < 0 || maxMatches > MAX_MATCHES) {
            throw new InvalidInput("max_matches", Integer.toString(maxMatches), "0.." + MAX_MATCHES);
        }
        if (maxPerLabel < 1 || maxPerLabel > MAX_MATCHES) {
            throw new InvalidInput("max_matches_per_label", Integer.toString(maxPerLabel), "1.." + MAX_MATCHES);
        }
    }
}
