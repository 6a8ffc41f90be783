package dev.mekiki.core.recognition;

import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.time.StageDurations;
import java.util.List;

/**
 * An answer with its evidence.
 *
 * @param gallery that was asked, as it was when it answered
 * @param recognition known or unknown
 * @param matches the nearest registrations, best first
 * @param durations how long each stage took
 */
public record RecognitionReply(
        Gallery gallery, Recognition recognition, List<Match> matches, StageDurations durations) {
    public RecognitionReply {
        matches = List.copyOf(matches);
    }

    /** The embedding space that the answer was found in. */
    public EmbeddingSpace space() {
        return gallery.space();
    }
}
