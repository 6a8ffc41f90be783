package dev.mekiki.benchmarks.load;

import java.time.Duration;

/** How a call ended. */
public sealed interface Outcome {

    /** The service answered, and the answer is right as far as it was looked at. */
    record Answered() implements Outcome {}

    /**
     * The service refused the call for want of room.
     *
     * @param retryAfter what it told the caller to wait
     */
    record Refused(Duration retryAfter) implements Outcome {}

    /** The deadline passed. */
    record Expired() implements Outcome {}

    /**
     * Anything else; a benchmark does not go on after it.
     *
     * @param reason for people
     */
    record Failed(String reason) implements Outcome {}
}
