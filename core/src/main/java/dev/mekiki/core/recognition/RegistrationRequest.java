package dev.mekiki.core.recognition;

import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.util.Map;
import java.util.Optional;

/**
 * Something to register.
 *
 * @param gallery where to
 * @param id its name, or empty for the one that follows from the content
 * @param label what it shows
 * @param query the image or its vector
 * @param attributes the caller's own key-value pairs
 */
public record RegistrationRequest(
        GalleryId gallery, Optional<RegistrationId> id, LabelPath label, Query query, Map<String, String> attributes) {
    public RegistrationRequest {
        attributes = Map.copyOf(attributes);
    }
}
