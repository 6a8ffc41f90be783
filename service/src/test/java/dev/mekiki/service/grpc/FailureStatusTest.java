package dev.mekiki.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.ResourceInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.mekiki.core.embedding.EmbeddingSpace;
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
import dev.mekiki.core.time.Stage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FailureStatusTest {

    private static final List<Failure> EACH = List.of(
            new InvalidInput("label.main", "\"\"", "1..128 letters"),
            new NotFound("galleries/a/registrations/b"),
            new AlreadyExists("galleries/a"),
            new SpaceMismatch(new EmbeddingSpace("a", 2, "1"), new EmbeddingSpace("b", 2, "2")),
            new PreconditionUnmet("MODEL_NOT_SERVED", "galleries/a", "an image (expected: a vector)"),
            new Overloaded("queue", 3, Duration.ofMillis(250)),
            new Unavailable("away", Duration.ofSeconds(2)),
            new DeadlineExpired(Stage.DECODE),
            new Unauthenticated("unknown", "a key"),
            new PermissionDenied("scanner", "register in", "galleries/a"),
            QuotaExceeded.ofRate("acme", "5 images per second", Duration.ofMillis(200)));

    @Test
    void givesEveryKindOfFailureAReasonOfItsOwn() {
        assertThat(EACH).extracting(Object::getClass).containsExactlyInAnyOrder((Class[])
                Failure.class.getPermittedSubclasses());

        assertThat(EACH)
                .extracting(failure -> detail(status(failure), ErrorInfo.class))
                .allSatisfy(info -> assertThat(info.getDomain()).isEqualTo("mekiki.dev"))
                .extracting(ErrorInfo::getReason)
                .doesNotHaveDuplicates();
        assertThat(EACH)
                .extracting(failure -> Code.forNumber(status(failure).getCode()))
                .containsExactly(
                        Code.INVALID_ARGUMENT,
                        Code.NOT_FOUND,
                        Code.ALREADY_EXISTS,
                        Code.FAILED_PRECONDITION,
                        Code.FAILED_PRECONDITION,
                        Code.UNAVAILABLE,
                        Code.UNAVAILABLE,
                        Code.DEADLINE_EXCEEDED,
                        Code.UNAUTHENTICATED,
                        Code.PERMISSION_DENIED,
                        Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void namesTheFieldAsTheRequestDoes() {
        Status status = FailureStatus.of(
                new InvalidInput("label.main", "\"<\"", "1..128 letters"),
                RequestFields.AS_THEY_ARE.with("label", "registration.label"));

        BadRequest.FieldViolation violation = detail(status, BadRequest.class).getFieldViolations(0);
        assertThat(violation.getField()).isEqualTo("registration.label");
        assertThat(violation.getDescription()).isEqualTo("\"<\" (expected: 1..128 letters)");
        assertThat(status.getMessage()).isEqualTo("registration.label: \"<\" (expected: 1..128 letters)");
    }

    @Test
    void tellsWhenToTryAgain() {
        assertThat(detail(status(new Overloaded("queue", 3, Duration.ofMillis(250))), RetryInfo.class)
                        .getRetryDelay()
                        .getNanos())
                .isEqualTo(250_000_000);
        assertThat(detail(status(new Unavailable("away", Duration.ofSeconds(2))), RetryInfo.class)
                        .getRetryDelay()
                        .getSeconds())
                .isEqualTo(2);
    }

    @Test
    void namesTheResourceAndItsType() {
        assertThat(detail(status(new NotFound("galleries/a/registrations/b")), ResourceInfo.class)
                        .getResourceType())
                .isEqualTo("mekiki.dev/Registration");
        assertThat(detail(status(new AlreadyExists("galleries/a")), ResourceInfo.class)
                        .getResourceType())
                .isEqualTo("mekiki.dev/Gallery");
        assertThat(detail(
                                EACH.stream()
                                        .filter(SpaceMismatch.class::isInstance)
                                        .map(FailureStatusTest::status)
                                        .findFirst()
                                        .orElseThrow(),
                                PreconditionFailure.class)
                        .getViolationsCount())
                .isEqualTo(1);
    }

    @Test
    void looksThroughTheWrappingsOfFutures() {
        Status status = FailureStatus.of(
                new CompletionException(new CompletionException(new NotFound("galleries/a"))),
                RequestFields.AS_THEY_ARE);

        assertThat(status.getCode()).isEqualTo(Code.NOT_FOUND.getNumber());
    }

    @Test
    void letsNothingOfADefectOut() {
        Status status = FailureStatus.of(new IllegalStateException("password=secret"), RequestFields.AS_THEY_ARE);

        assertThat(status.getCode()).isEqualTo(Code.INTERNAL.getNumber());
        assertThat(status.toString()).doesNotContain("secret").doesNotContain("IllegalState");
    }

    @Test
    void endsACallEvenIfItCannotBeToldWhy() {
        Throwable unspeakable = new CompletionException("", null) {
            private static final long serialVersionUID = 1L;

            @Override
            public Throwable getCause() {
                throw new NoClassDefFoundError("a/Class");
            }
        };

        assertThat(FailureStatus.exception(unspeakable, RequestFields.AS_THEY_ARE)
                        .getStatus()
                        .getCode())
                .isEqualTo(io.grpc.Status.Code.INTERNAL);
    }

    private static Status status(Failure failure) {
        return FailureStatus.of(failure, RequestFields.AS_THEY_ARE);
    }

    private static <M extends Message> M detail(Status status, Class<M> kind) {
        for (Any any : status.getDetailsList()) {
            if (any.is(kind)) {
                try {
                    return any.unpack(kind);
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        throw new AssertionError("no " + kind.getSimpleName() + " in " + status);
    }
}
