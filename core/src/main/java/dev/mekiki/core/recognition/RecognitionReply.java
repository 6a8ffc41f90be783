package dev.mekiki.core.recognition;

import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.time.StageDurations;
import java.util.List;

/**
 * An answer with its evidence.
 *
 * @param recognition known or unknown
 * @param matches the nearest registrations, best first
 * @param space the embedding space that the answer was found in
 * @param durations how long each stage took
 */
public record RecognitionReply(
        Recognition recognition, List<Match> matches, EmbeddingSpace space, StageDurations durations) {
    public RecognitionReply {
        matches = List.copyOf(matches);
    }
}
