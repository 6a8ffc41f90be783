package dev.mekiki.service.grpc;

import dev.mekiki.core.failure.Failure;
import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.service.lifecycle.Engine;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Optional;
import java.util.Set;

/**
 * Lets calls in or refuses them when nothing but their headers has come: while the service starts or drains, while the
 * store of galleries is away, if the call needs it, while all places are taken, and while an answer would come too late.
 *
 * <p>The last depends on whose account a call is on. {@code Embed} is on the model's; for others the gallery is in the
 * message, so it is known only of those who name it in a header as well. It need not be true: the message decides when
 * it is there.
 */
final class Door implements ServerInterceptor {

    private static final Set<MethodDescriptor<?, ?>> WITH_IMAGE_FOR_GALLERY =
            Set.of(RecognitionGrpc.getRecognizeMethod(), RegistrationsGrpc.getCreateRegistrationMethod());

    private static final Metadata.Key<String> GALLERY =
            Metadata.Key.of("mekiki-gallery", Metadata.ASCII_STRING_MARSHALLER);

    private final Lifecycle lifecycle;

    Door(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Intake intake = Intake.ofThisCall();
        if (!intake.isOfTheApi() || Permissions.isOpen(call.getMethodDescriptor())) {
            return next.startCall(call, headers);
        }
        ServerCall<Q, R> taken;
        try {
            MethodDescriptor<Q, R> method = call.getMethodDescriptor();
            boolean ofModels = GRPCInferenceServiceGrpc.SERVICE_NAME.equals(method.getServiceName());
            Engine engine = ofModels || method.equals(RecognitionGrpc.getEmbedMethod())
                    ? lifecycle.engineWithoutStore()
                    : lifecycle.engine();
            // What is only said of models takes no place, so that a client may ask for it under full load.
            if (method.getType() == MethodType.UNARY
                    && (!ofModels || method.equals(GRPCInferenceServiceGrpc.getModelInferMethod()))) {
                engine.requireRoom(lifecycle.openCalls());
            }
            String gallery = headers.get(GALLERY);
            if (method.equals(RecognitionGrpc.getEmbedMethod())) {
                engine.requireTime(Optional.empty());
            } else if (gallery != null && WITH_IMAGE_FOR_GALLERY.contains(method)) {
                engine.requireTime(Optional.of(ResourceNames.gallery(gallery)));
            }
            taken = intake.enter(call);
        } catch (Failure e) {
            return Intake.refused(call, e);
        }
        return intake.hearing(next.startCall(taken, headers));
    }
}
