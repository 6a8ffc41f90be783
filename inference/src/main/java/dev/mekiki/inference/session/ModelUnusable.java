package dev.mekiki.inference.session;

/**
 * A model cannot be loaded as configured: its file is not the one its card describes, or the execution provider that was
 * asked for is not there. Met at start only.
 */
public final class ModelUnusable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ModelUnusable(String message) {
        super(message);
    }

    ModelUnusable(String message, Throwable cause) {
        super(message, cause);
    }
}
