package dev.mekiki.service.grpc;

import dev.mekiki.core.failure.Failure;
import dev.mekiki.service.lifecycle.Engine;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.v1.RecognitionGrpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;

/**
 * Lets calls in or refuses them when nothing but their headers has come: while the service starts or drains, while the
 * store of galleries is away, if the call needs it, and while all places are taken.
 */
final class Door implements ServerInterceptor {

    private final Lifecycle lifecycle;

    Door(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Intake intake = Intake.ofThisCall();
        if (!intake.isOfTheApi()) {
            return next.startCall(call, headers);
        }
        ServerCall<Q, R> taken;
        try {
            Engine engine = call.getMethodDescriptor().equals(RecognitionGrpc.getEmbedMethod())
                    ? lifecycle.engineWithoutStore()
                    : lifecycle.engine();
            if (call.getMethodDescriptor().getType() == MethodType.UNARY) {
                engine.requireRoom();
            }
            taken = intake.enter(call);
        } catch (Failure e) {
            StatusRuntimeException status = Intake.exception(e);
            Metadata trailers = status.getTrailers();
            call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(taken, headers);
    }
}
