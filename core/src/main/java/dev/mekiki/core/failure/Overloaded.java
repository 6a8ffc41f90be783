package dev.mekiki.core.failure;

import java.time.Duration;

/** Everything that may wait is waiting already; this request was refused before it cost anything. */
public final class Overloaded extends Failure {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * @param queue what is full, for people
     * @param limit how many it holds
     * @param retryAfter when it is worth trying again
     */
    public Overloaded(String queue, int limit, Duration retryAfter) {
        super(queue + " is full: " + limit + " requests are waiting");
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
