package dev.mekiki.service.grpc;

import com.google.rpc.Status;
import dev.mekiki.openinference.ModelInferRequest;
import dev.mekiki.openinference.ModelInferResponse;
import dev.mekiki.openinference.ModelStreamInferResponse;
import dev.mekiki.service.grpc.QuestionStream.Answer;
import dev.mekiki.service.telemetry.Trace;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The requests of {@code ModelStreamInfer}, answered in their order, as callers are used to. */
final class InferenceStream {

    private final Function<ModelInferRequest, CompletableFuture<ModelInferResponse>> model;

    /** Done when the last request that came is answered; only touched by whoever brings requests. */
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    private InferenceStream(Function<ModelInferRequest, CompletableFuture<ModelInferResponse>> model) {
        this.model = model;
    }

    /**
     * To be called while the call is being started.
     *
     * @param caller who asks
     * @param maxInFlight as {@link QuestionStream} says, at least 1
     * @param model answers one request, may throw what it fails with; called by one thread at a time
     * @param watcher hears of it
     */
    static StreamObserver<ModelInferRequest> open(
            ServerCallStreamObserver<ModelStreamInferResponse> caller,
            int maxInFlight,
            Function<ModelInferRequest, CompletableFuture<ModelInferResponse>> model,
            QuestionStream.Watcher watcher) {
        InferenceStream stream = new InferenceStream(model);
        return QuestionStream.open(caller, maxInFlight, stream::answer, watcher);
    }

    private CompletableFuture<Answer<ModelStreamInferResponse>> answer(ModelInferRequest request) {
        CompletableFuture<Answer<ModelStreamInferResponse>> own = unordered(request);
        CompletableFuture<Answer<ModelStreamInferResponse>> inOrder =
                Cancelling.passingOn(own, last.handle((_, _) -> own).thenCompose(answer -> answer));
        last = inOrder;
        return inOrder;
    }

    private CompletableFuture<Answer<ModelStreamInferResponse>> unordered(ModelInferRequest request) {
        String id = request.getId();
        Trace trace = Intake.traceOfThisCall();
        CompletableFuture<ModelInferResponse> answer;
        try {
            answer = model.apply(request);
        } catch (Throwable e) {
            return CompletableFuture.completedFuture(trace.logging(() -> error(id, e)));
        }
        return Cancelling.handle(
                answer,
                (response, failure) -> response == null
                        ? trace.logging(() -> error(id, failure))
                        : new Answer<>(
                                ModelStreamInferResponse.newBuilder()
                                        .setInferResponse(response)
                                        .build(),
                                io.grpc.Status.Code.OK));
    }

    private static Answer<ModelStreamInferResponse> error(String id, Throwable failure) {
        Status status = FailureStatus.of(failure, RequestFields.AS_THEY_ARE);
        return new Answer<>(
                ModelStreamInferResponse.newBuilder()
                        .setErrorMessage(status.getMessage())
                        .setInferResponse(ModelInferResponse.newBuilder().setId(id))
                        .build(),
                io.grpc.Status.fromCodeValue(status.getCode()).getCode());
    }
}
