package dev.mekiki.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Optional;

/**
 * Why the service did not do what it was asked.
 *
 * @param code the status
 * @param message for people; never blank
 * @param retryAfter what the service advised, if it did
 */
public record Refusal(Status.Code code, String message, Optional<Duration> retryAfter) {

    public static Refusal of(StatusRuntimeException failure) {
        Status status = failure.getStatus();
        String description = status.getDescription();
        return new Refusal(
                status.getCode(),
                description == null || description.isBlank() ? status.getCode().name() : description,
                advice(failure));
    }

    /** Whether the same request may succeed later; every call of this API may be repeated without harm. */
    public boolean isPassing() {
        return switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED -> true;
            default -> false;
        };
    }

    /** Whether the fault lies with this one request, so that the next may well succeed. */
    public boolean concernsOneRequest() {
        return switch (code) {
            case INVALID_ARGUMENT, ALREADY_EXISTS, OUT_OF_RANGE, RESOURCE_EXHAUSTED, INTERNAL, DATA_LOSS -> true;
            default -> false;
        };
    }

    /** {@code CODE: message} on one line. */
    @Override
    public String toString() {
        String oneLine = message.replaceAll("\\s+", " ").strip();
        return oneLine.equals(code.name()) ? oneLine : code + ": " + oneLine;
    }

    private static Optional<Duration> advice(StatusRuntimeException failure) {
        com.google.rpc.Status details = StatusProto.fromThrowable(failure);
        return details == null ? Optional.empty() : retryAfter(details);
    }

    /** What the service advises in the details of a status, if it does. */
    public static Optional<Duration> retryAfter(com.google.rpc.Status details) {
        for (Any detail : details.getDetailsList()) {
            if (detail.is(RetryInfo.class)) {
                try {
                    com.google.protobuf.Duration delay =
                            detail.unpack(RetryInfo.class).getRetryDelay();
                    return Optional.of(Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
                } catch (InvalidProtocolBufferException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
