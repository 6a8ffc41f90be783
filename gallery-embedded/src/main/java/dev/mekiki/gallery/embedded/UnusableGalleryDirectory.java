package dev.mekiki.gallery.embedded;

import java.nio.file.Path;

/**
 * A directory cannot be opened as galleries: it is in use, holds something else, was written by another version, or is
 * damaged. Nothing in it was changed.
 */
public final class UnusableGalleryDirectory extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableGalleryDirectory(Path directory, String found, String expected) {
        super(directory + ": " + found + " (expected: " + expected + ")");
    }

    UnusableGalleryDirectory(Path directory, String found, String expected, Throwable cause) {
        super(directory + ": " + found + " (expected: " + expected + ")", cause);
    }
}
