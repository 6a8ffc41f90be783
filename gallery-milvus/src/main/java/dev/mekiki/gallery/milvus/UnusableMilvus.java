package dev.mekiki.gallery.milvus;

/**
 * Milvus cannot be used for galleries: it refuses the token, lacks the database, is of another version, or holds
 * collections of that prefix that are not as this version makes them. Nothing of these was changed.
 */
public final class UnusableMilvus extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnusableMilvus(String what, String found, String expected) {
        super(what + ": " + found + " (expected: " + expected + ")");
    }

    UnusableMilvus(String what, String found, String expected, Throwable cause) {
        super(what + ": " + found + " (expected: " + expected + ")", cause);
    }
}
