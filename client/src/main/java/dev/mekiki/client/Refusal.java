package dev.mekiki.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
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
 * @param reason the service's name for it ({@code ErrorInfo}), such as {@code QUOTA_EXCEEDED}; empty if it was not the
 *     service that refused, but gRPC or something between
 */
public record Refusal(Status.Code code, String message, Optional<Duration> retryAfter, Optional<String> reason) {

    /** Without advice, and not by the service. */
    public Refusal(Status.Code code, String message) {
        this(code, message, Optional.empty(), Optional.empty());
    }

    public static Refusal of(StatusRuntimeException failure) {
        Status status = failure.getStatus();
        String description = status.getDescription();
        return new Refusal(
                status.getCode(),
                description == null || description.isBlank() ? status.getCode().name() : description,
                details(failure).flatMap(Refusal::retryAfter),
                details(failure).flatMap(Refusal::reason));
    }

    /** Whether the same request may succeed later; every call of this API may be repeated without harm. */
    public boolean isPassing() {
        return switch (code) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED -> true;
            case RESOURCE_EXHAUSTED -> retryAfter.isPresent();
            default -> false;
        };
    }

    /** Whether the fault lies with this one request, so that the next may well succeed. */
    public boolean concernsOneRequest() {
        return switch (code) {
            case INVALID_ARGUMENT, ALREADY_EXISTS, OUT_OF_RANGE, INTERNAL, DATA_LOSS -> true;
            case RESOURCE_EXHAUSTED -> mayBeTooLarge();
            default -> false;
        };
    }

    /** Whether the message may have been too large; the service says so itself, others by a status of their own. */
    public boolean mayBeTooLarge() {
        return code == Status.Code.INVALID_ARGUMENT || code == Status.Code.RESOURCE_EXHAUSTED && reason.isEmpty();
    }

    /** {@code CODE: message} on one line. */
    @Override
    public String toString() {
        String oneLine = message.replaceAll("\\s+", " ").strip();
        return oneLine.equals(code.name()) ? oneLine : code + ": " + oneLine;
    }

    private static Optional<com.google.rpc.Status> details(StatusRuntimeException failure) {
        return Optional.ofNullable(StatusProto.fromThrowable(failure));
    }

    private static Optional<String> reason(com.google.rpc.Status details) {
        for (Any detail : details.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    return Optional.of(detail.unpack(ErrorInfo.class).getReason());
                } catch (InvalidProtocolBufferException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
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
