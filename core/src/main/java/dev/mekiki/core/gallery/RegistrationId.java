package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Name of a registration within its gallery.
 *
 * @param value 1 to 64 lower-case letters, digits and hyphens
 */
public record RegistrationId(String value) {

    private static final Pattern LEGAL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?");

    /** @throws InvalidInput if it is not a legal name */
    public RegistrationId {
        if (!LEGAL.matcher(value).matches()) {
            throw new InvalidInput(
                    "registration_id",
                    value.length() > 64 ? value.length() + " characters" : "\"" + value + "\"",
                    "1..64 lower-case letters, digits and hyphens");
        }
    }

    /**
     * The id that follows from the content: the same bytes under the same label in the same gallery get the same id,
     * so that a replay never duplicates.
     */
    public static RegistrationId derived(GalleryId gallery, LabelPath label, ContentDigest content) {
        String identity = gallery.value() + '\n' + label + '\n' + content.hex();
        return new RegistrationId(ContentDigest.of(identity.getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, 40));
    }

    @Override
    public String toString() {
        return value;
    }
}
