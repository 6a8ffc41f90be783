package dev.mekiki.service;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What came of a call.
 *
 * @param reply the answer, if it was a good one
 * @param status the status, with its details
 */
record Outcome<R>(@Nullable R reply, Status status) {

    /** Makes a call without waiting for it. */
    static <R> CompletableFuture<Outcome<R>> of(Consumer<StreamObserver<R>> call) {
        CompletableFuture<Outcome<R>> outcome = new CompletableFuture<>();
        call.accept(new StreamObserver<>() {
            private @Nullable R received;

            @Override
            public void onNext(R reply) {
                received = reply;
            }

            @Override
            public void onError(Throwable failure) {
                outcome.complete(new Outcome<>(null, Objects.requireNonNull(StatusProto.fromThrowable(failure))));
            }

            @Override
            public void onCompleted() {
                outcome.complete(new Outcome<>(received, Status.getDefaultInstance()));
            }
        });
        return outcome;
    }

    io.grpc.Status.Code code() {
        return io.grpc.Status.fromCodeValue(status.getCode()).getCode();
    }

    boolean isOk() {
        return code() == io.grpc.Status.Code.OK;
    }

    /** The answer, which has to be a good one. */
    R good() {
        if (reply == null) {
            throw new AssertionError("no answer: " + status);
        }
        return reply;
    }

    /** The detail of a kind, if the status has one. */
    <M extends Message> Optional<M> detail(Class<M> kind) {
        return detail(status, kind);
    }

    static <M extends Message> Optional<M> detail(Status status, Class<M> kind) {
        for (Any any : status.getDetailsList()) {
            if (any.is(kind)) {
                try {
                    return Optional.of(any.unpack(kind));
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return Optional.empty();
    }
}
