package dev.mekiki.samples;

import java.util.Objects;

/**
 * The design of a document: everything that all holders' copies share.
 *
 * @param kind what the document is for
 * @param title what is printed on top, e.g. {@code NORTHLAND PASSPORT}; letters, digits and spaces of ASCII, 1..40
 * @param family seed of what an issuer keeps over the years: colours, emblem, faces of type
 * @param generation seed of what changes when the document is reissued: layout, artwork, furniture
 */
public record DocumentDesign(DocumentKind kind, String title, long family, long generation) {

    public DocumentDesign {
        Objects.requireNonNull(kind, "kind");
        if (title.isBlank() || title.length() > 40 || !title.chars().allMatch(c -> c >= 32 && c < 127)) {
            throw new IllegalArgumentException(
                    "title: '" + title + "' (expected: 1..40 printable characters of ASCII, not blank)");
        }
    }
}
