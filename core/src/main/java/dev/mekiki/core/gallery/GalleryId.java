package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.InvalidInput;
import java.util.regex.Pattern;

/**
 * Name of a gallery.
 *
 * @param value 1 to 63 lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen
 */
public record GalleryId(String value) {

    private static final Pattern LEGAL = Pattern.compile("[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?");

    /** @throws InvalidInput if it is not a legal name */
    public GalleryId {
        if (!LEGAL.matcher(value).matches()) {
            throw new InvalidInput(
                    "gallery",
                    value.length() > 63 ? value.length() + " characters" : "\"" + value + "\"",
                    "1..63 lower-case letters, digits and hyphens, beginning with a letter");
        }
    }

    /** The resource name, {@code galleries/ID}. */
    public String resource() {
        return "galleries/" + value;
    }

    @Override
    public String toString() {
        return value;
    }
}
