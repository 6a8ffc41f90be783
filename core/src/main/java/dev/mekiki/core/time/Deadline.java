package dev.mekiki.core.time;

import java.time.Duration;

/**
 * The moment after which nobody waits for an answer, on the clock of {@link System#nanoTime()}.
 *
 * @param nanoTime comparable with {@code System.nanoTime()} by subtraction only; see {@link #NONE}
 * @param bounded false if the caller waits for ever
 */
public record Deadline(long nanoTime, boolean bounded) {

    /** The caller waits for ever. */
    public static final Deadline NONE = new Deadline(0, false);

    /** {@code timeout} after {@code now}, which is a reading of {@code System.nanoTime()} or of a test's clock. */
    public static Deadline after(Duration timeout, long now) {
        return new Deadline(now + timeout.toNanos(), true);
    }

    public boolean expiredAt(long now) {
        return bounded && now - nanoTime >= 0;
    }
}
