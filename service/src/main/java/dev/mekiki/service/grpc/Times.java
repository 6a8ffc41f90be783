package dev.mekiki.service.grpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.time.Deadline;
import io.grpc.Context;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/** Durations, instants and deadlines between the wire and the domain. */
final class Times {

    private static final long FIRST_SECOND = -62_135_596_800L;
    private static final long LAST_SECOND = 253_402_300_799L;

    private Times() {}

    static Duration proto(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    static Timestamp proto(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /**
     * A point in time, to the millisecond.
     *
     * @param field what it is called
     * @throws InvalidInput if it is not within the years 1 to 9999
     */
    static Instant instant(String field, Timestamp timestamp) {
        long seconds = timestamp.getSeconds();
        int nanos = timestamp.getNanos();
        if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos > 999_999_999) {
            throw new InvalidInput(
                    field, seconds + " seconds and " + nanos + " nanoseconds", "a time in the years 1 to 9999");
        }
        return Instant.ofEpochSecond(seconds, nanos).truncatedTo(ChronoUnit.MILLIS);
    }

    /** The deadline of the call that runs on this thread, or {@code otherwise} from now if it has none. */
    static Deadline ofThisCall(java.time.Duration otherwise) {
        io.grpc.Deadline deadline = Context.current().getDeadline();
        java.time.Duration left =
                deadline == null ? otherwise : java.time.Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS));
        return Deadline.after(left, System.nanoTime());
    }
}
