package dev.mekiki.core.gallery;

import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;

/**
 * A registration without its vector: what tells whether two are the same, or contradict each other.
 *
 * @param id its name in the gallery
 * @param label what it shows
 * @param content digest of the image's bytes, or of the vector's
 */
public record RegistrationKey(RegistrationId id, LabelPath label, ContentDigest content) {}
