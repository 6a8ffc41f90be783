package dev.mekiki.service.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.QuotaFailure;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.DeadlineExpired;
import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.PermissionDenied;
import dev.mekiki.core.failure.PreconditionUnmet;
import dev.mekiki.core.failure.QuotaExceeded;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.failure.Unauthenticated;
import dev.mekiki.core.failure.Unavailable;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/**
 * What callers are told when something goes wrong, after AIP-193: every status carries an {@code ErrorInfo} of domain
 * {@value #DOMAIN}, and the detail that its kind of failure has.
 */
final class FailureStatus {

    static final String DOMAIN = "mekiki.dev";

    private static final Logger LOG = Logger.getLogger(FailureStatus.class);
    private static final String DEFECT = "internal error; the service's log has the cause";

    private FailureStatus() {}

    /**
     * What to end a call with, whatever was thrown. Never throws: a call that is not ended keeps its caller waiting, and
     * where memory or files have run out, even saying so may fail.
     */
    static StatusRuntimeException exception(Throwable thrown, RequestFields fields) {
        try {
            return StatusProto.toStatusRuntimeException(of(thrown, fields));
        } catch (Throwable e) {
            return io.grpc.Status.INTERNAL.withDescription(DEFECT).asRuntimeException();
        }
    }

    /**
     * What to tell the caller about anything that was thrown. What is no {@link Failure} is a defect: it is logged, and
     * nothing of it leaves the service.
     */
    static Status of(Throwable thrown, RequestFields fields) {
        Throwable cause = unwrapped(thrown);
        return switch (cause) {
            case Failure failure -> of(failure, fields);
            case CancellationException _ -> status(Code.CANCELLED, "cancelled", "CANCELLED", Map.of());
            default -> {
                LOG.error("a request failed by a defect of the service", cause);
                yield status(Code.INTERNAL, DEFECT, "INTERNAL", Map.of());
            }
        };
    }

    /** What to tell the caller about a failure. */
    static Status of(Failure failure, RequestFields fields) {
        return switch (failure) {
            case InvalidInput invalid -> {
                String field = fields.named(invalid.field());
                yield status(
                        Code.INVALID_ARGUMENT,
                        field + ": " + invalid.description(),
                        "INVALID_INPUT",
                        Map.of("field", field),
                        BadRequest.newBuilder()
                                .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                                        .setField(field)
                                        .setDescription(invalid.description()))
                                .build());
            }
            case NotFound notFound ->
                status(
                        Code.NOT_FOUND,
                        message(failure),
                        "NOT_FOUND",
                        Map.of("resource", notFound.resource()),
                        resource(notFound.resource(), failure));
            case AlreadyExists exists ->
                status(
                        Code.ALREADY_EXISTS,
                        message(failure),
                        "ALREADY_EXISTS",
                        Map.of("resource", exists.resource()),
                        resource(exists.resource(), failure));
            case SpaceMismatch _ ->
                status(
                        Code.FAILED_PRECONDITION,
                        message(failure),
                        "EMBEDDING_SPACE_MISMATCH",
                        Map.of(),
                        PreconditionFailure.newBuilder()
                                .addViolations(PreconditionFailure.Violation.newBuilder()
                                        .setType("EMBEDDING_SPACE")
                                        .setSubject(fields.named("embedding"))
                                        .setDescription(message(failure)))
                                .build());
            case PreconditionUnmet unmet ->
                status(
                        Code.FAILED_PRECONDITION,
                        message(failure),
                        unmet.condition(),
                        Map.of(),
                        PreconditionFailure.newBuilder()
                                .addViolations(PreconditionFailure.Violation.newBuilder()
                                        .setType(unmet.condition())
                                        .setSubject(unmet.subject())
                                        .setDescription(message(failure)))
                                .build());
            case Overloaded overloaded ->
                status(Code.UNAVAILABLE, message(failure), "OVERLOADED", Map.of(), retryInfo(overloaded.retryAfter()));
            case Unavailable unavailable -> {
                if (unavailable.getCause() != null) {
                    LOG.warn(unavailable.getMessage(), unavailable.getCause());
                }
                yield status(
                        Code.UNAVAILABLE,
                        message(failure),
                        "UNAVAILABLE",
                        Map.of(),
                        retryInfo(unavailable.retryAfter()));
            }
            case DeadlineExpired _ -> status(Code.DEADLINE_EXCEEDED, message(failure), "DEADLINE_EXPIRED", Map.of());
            case Unauthenticated _ -> status(Code.UNAUTHENTICATED, message(failure), "UNAUTHENTICATED", Map.of());
            case PermissionDenied denied ->
                status(
                        Code.PERMISSION_DENIED,
                        message(failure),
                        "PERMISSION_DENIED",
                        Map.of("resource", denied.resource()),
                        resource(denied.resource(), failure));
            case QuotaExceeded exceeded -> {
                QuotaFailure quota = QuotaFailure.newBuilder()
                        .addViolations(QuotaFailure.Violation.newBuilder()
                                .setSubject("tenants/" + exceeded.tenant())
                                .setDescription(message(failure)))
                        .build();
                Map<String, String> metadata = Map.of("tenant", exceeded.tenant());
                yield exceeded.retryAfter()
                        .map(after -> status(
                                Code.RESOURCE_EXHAUSTED,
                                message(failure),
                                "RATE_EXCEEDED",
                                metadata,
                                quota,
                                retryInfo(after)))
                        .orElseGet(() ->
                                status(Code.RESOURCE_EXHAUSTED, message(failure), "QUOTA_EXCEEDED", metadata, quota));
            }
        };
    }

    /** An offset that leaves out rows, in words for people. */
    static Status outOfRange(String message) {
        return status(Code.OUT_OF_RANGE, message, "OFFSET_OUT_OF_RANGE", Map.of());
    }

    /** Rows that were appended before on the same stream. */
    static Status replay() {
        return status(Code.ALREADY_EXISTS, "these rows were appended before on this stream", "REPLAYED", Map.of());
    }

    private static Status status(
            Code code, String message, String reason, Map<String, String> metadata, Message... details) {
        Status.Builder status = Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(message)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setDomain(DOMAIN)
                        .setReason(reason)
                        .putAllMetadata(metadata)
                        .build()));
        for (Message detail : details) {
            status.addDetails(Any.pack(detail));
        }
        return status.build();
    }

    private static ResourceInfo resource(String name, Failure failure) {
        return ResourceInfo.newBuilder()
                .setResourceType(resourceType(name))
                .setResourceName(name)
                .setDescription(message(failure))
                .build();
    }

    private static String resourceType(String name) {
        if (name.startsWith("models/")) {
            return "mekiki.dev/Model";
        }
        return name.contains("/registrations/") ? "mekiki.dev/Registration" : "mekiki.dev/Gallery";
    }

    private static RetryInfo retryInfo(Duration after) {
        return RetryInfo.newBuilder().setRetryDelay(Times.proto(after)).build();
    }

    private static String message(Failure failure) {
        return Objects.requireNonNullElse(failure.getMessage(), "");
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
