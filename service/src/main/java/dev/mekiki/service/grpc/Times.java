package dev.mekiki.service.grpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.mekiki.core.time.Deadline;
import io.grpc.Context;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Durations, instants and deadlines between the wire and the domain. */
final class Times {

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

    /** The deadline of the call that runs on this thread, or {@code otherwise} from now if it has none. */
    static Deadline ofThisCall(java.time.Duration otherwise) {
        io.grpc.Deadline deadline = Context.current().getDeadline();
        java.time.Duration left =
                deadline == null ? otherwise : java.time.Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS));
        return Deadline.after(left, System.nanoTime());
    }
}
