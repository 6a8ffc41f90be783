package dev.mekiki.core.failure;

import java.time.Duration;

/** A part that the request needs is away for now: the database, a model that is being retired, a service that drains. */
public final class Unavailable extends Failure {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    public Unavailable(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    public Unavailable(String message, Duration retryAfter, Throwable cause) {
        super(message, cause);
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
