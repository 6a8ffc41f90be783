package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.nio.charset.StandardCharsets;

/**
 * Name of a registration within its gallery.
 *
 * @param value 1 to 64 lower-case letters, digits and hyphens
 */
public record RegistrationId(String value) {

    private static final int MAX_LENGTH = 64;
    private static final int DERIVED_LENGTH = 40;

    /** @throws InvalidInput if it is not a legal name */
    public RegistrationId {
        if (!isLegal(value)) {
            throw new InvalidInput(
                    "registration_id",
                    value.length() > MAX_LENGTH ? value.length() + " characters" : "\"" + value + "\"",
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
                .substring(0, DERIVED_LENGTH));
    }

    /** Whether it looks like a {@linkplain #derived derived} one. */
    public boolean hasDerivedForm() {
        return value.length() == DERIVED_LENGTH
                && value.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    }

    private static boolean isLegal(String text) {
        int length = text.length();
        if (length < 1 || length > MAX_LENGTH || text.charAt(0) == '-' || text.charAt(length - 1) == '-') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return value;
    }
}
