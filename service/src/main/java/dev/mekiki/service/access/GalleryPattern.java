package dev.mekiki.service.access;

import dev.mekiki.core.gallery.GalleryId;
import java.util.regex.Pattern;

/**
 * Names galleries.
 *
 * @param text a gallery's id, or what ids begin with, followed by {@code *}: {@code forms}, {@code acme-*}, {@code *}
 */
public record GalleryPattern(String text) {

    private static final Pattern LEGAL = Pattern.compile("\\*|[a-z][a-z0-9-]{0,62}\\*?");

    /** @throws IllegalArgumentException if it can match nothing */
    public GalleryPattern {
        if (!LEGAL.matcher(text).matches()) {
            throw new IllegalArgumentException("galleries: \"" + text
                    + "\" (expected: a gallery's id, or what ids begin with followed by *, or * for all)");
        }
    }

    /** Whether it names this one. */
    public boolean matches(GalleryId gallery) {
        return isPrefix()
                ? gallery.value().startsWith(prefix())
                : gallery.value().equals(text);
    }

    /** Whether it names every gallery that there can be. */
    public boolean isEverything() {
        return text.equals("*");
    }

    /** Whether there can be a gallery that both name. */
    public boolean overlaps(GalleryPattern other) {
        if (isPrefix() && other.isPrefix()) {
            return prefix().startsWith(other.prefix()) || other.prefix().startsWith(prefix());
        }
        if (isPrefix()) {
            return other.text.startsWith(prefix());
        }
        return other.isPrefix() ? text.startsWith(other.prefix()) : text.equals(other.text);
    }

    private boolean isPrefix() {
        return text.endsWith("*");
    }

    private String prefix() {
        return text.substring(0, text.length() - 1);
    }
}
