package dev.mekiki.core.gallery;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.time.Instant;
import java.util.Map;

/**
 * One image under a label.
 *
 * @param gallery the gallery it is in
 * @param id its name in the gallery
 * @param label what it shows
 * @param content digest of the image's bytes (of the vector's, where only a vector was registered)
 * @param embedding its vector
 * @param attributes the caller's own key-value pairs, at most 64, keys of 1..128 and values of at most 4,096 characters
 * @param createTime when it was registered, to the millisecond
 */
public record Registration(
        GalleryId gallery,
        RegistrationId id,
        LabelPath label,
        ContentDigest content,
        Embedding embedding,
        Map<String, String> attributes,
        Instant createTime) {

    public static final int MAX_ATTRIBUTES = 64;
    public static final int MAX_KEY_LENGTH = 128;
    public static final int MAX_VALUE_LENGTH = 4096;

    /** @throws InvalidInput if the attributes are beyond their limits */
    public Registration {
        requireLegal(attributes);
        attributes = Map.copyOf(attributes);
    }

    /** @throws InvalidInput if the attributes are beyond their limits */
    public static void requireLegal(Map<String, String> attributes) {
        if (attributes.size() > MAX_ATTRIBUTES) {
            throw new InvalidInput("attributes", attributes.size() + " entries", "at most " + MAX_ATTRIBUTES);
        }
        attributes.forEach((key, value) -> {
            if (key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
                throw new InvalidInput(
                        "attributes", "a key of " + key.length() + " characters", "1.." + MAX_KEY_LENGTH);
            }
            if (value.length() > MAX_VALUE_LENGTH) {
                throw new InvalidInput(
                        "attributes",
                        "\"" + key + "\" with " + value.length() + " characters",
                        "values of at most " + MAX_VALUE_LENGTH);
            }
        });
    }

    public Registration withLabel(LabelPath newLabel) {
        return new Registration(gallery, id, newLabel, content, embedding, attributes, createTime);
    }

    public RegistrationKey key() {
        return new RegistrationKey(id, label, content);
    }

    /** The resource name, {@code galleries/GALLERY/registrations/ID}. */
    public String resource() {
        return resource(gallery, id);
    }

    public static String resource(GalleryId gallery, RegistrationId id) {
        return gallery.resource() + "/registrations/" + id;
    }
}
