package dev.mekiki.core.failure;

import java.time.Duration;

/** More is asked than can be done in time; this request was refused before it cost anything. */
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

    /**
     * @param found how long the answer would take
     * @param expected how long it may take, and who says so
     * @param retryAfter when it is worth trying again
     */
    public Overloaded(Duration found, String expected, Duration retryAfter) {
        super("an answer would take " + found.toMillis() + " ms (expected: at most " + expected + ")");
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
