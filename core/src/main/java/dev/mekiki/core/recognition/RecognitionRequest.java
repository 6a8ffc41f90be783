package dev.mekiki.core.recognition;

import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.label.LabelScope;

/**
 * A question.
 *
 * @param gallery where to look
 * @param query what to recognise
 * @param scope only labels under these are candidates
 * @param maxMatches how many nearest registrations to report beside the answer
 * @param maxPerLabel most of them with the same main label
 */
public record RecognitionRequest(GalleryId gallery, Query query, LabelScope scope, int maxMatches, int maxPerLabel) {}
