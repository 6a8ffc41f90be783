package dev.mekiki.service.grpc;

import dev.mekiki.service.telemetry.Trace;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers calls of one question and one answer. */
final class UnaryAnswer {

    private UnaryAnswer() {}

    /**
     * Starts {@code work} and answers when it is done, on whatever thread that is. If the caller goes away or its
     * deadline passes, the work is cancelled.
     *
     * @param caller who asked
     * @param fields what the domain's fields are called in the request
     * @param work reads the request and starts; what it throws is the answer
     * @param message turns the result into the reply
     */
    static <T, R> void send(
            StreamObserver<R> caller,
            RequestFields fields,
            Supplier<CompletableFuture<T>> work,
            Function<T, R> message) {
        ServerCallStreamObserver<R> call = (ServerCallStreamObserver<R>) caller;
        Trace trace = Intake.traceOfThisCall();
        CompletableFuture<T> result;
        try {
            result = work.get();
        } catch (Throwable e) {
            call.onError(trace.logging(() -> FailureStatus.exception(e, fields)));
            return;
        }
        call.setOnCancelHandler(() -> result.cancel(false));
        var _ = result.thenApply(message).whenComplete((reply, failure) -> {
            try {
                answer(call, fields, trace, reply, failure);
            } catch (Throwable e) {
                // Nobody else would hear of it.
                call.onError(trace.logging(() -> FailureStatus.exception(e, fields)));
            }
        });
    }

    private static <R> void answer(
            ServerCallStreamObserver<R> call,
            RequestFields fields,
            Trace trace,
            @Nullable R reply,
            @Nullable Throwable failure) {
        if (call.isCancelled()) {
            return;
        }
        if (failure == null) {
            call.onNext(reply);
            call.onCompleted();
        } else {
            call.onError(trace.logging(() -> FailureStatus.exception(failure, fields)));
        }
    }
}
