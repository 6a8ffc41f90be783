package dev.mekiki.cli.source;

/** A source is none, as a whole; the message says what was found and what expected. */
public final class UnusableSourceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnusableSourceException(String message) {
        super(message);
    }
}
