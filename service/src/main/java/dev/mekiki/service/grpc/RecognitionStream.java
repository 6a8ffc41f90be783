package dev.mekiki.service.grpc;

import com.google.rpc.Status;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.service.grpc.QuestionStream.Answer;
import dev.mekiki.service.telemetry.Trace;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.RecognizeStreamResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The questions of {@code RecognizeStream}, each with the caller's id of it, by which the caller knows the answer. */
final class RecognitionStream {

    private static final RequestFields FIELDS = RequestFields.AS_THEY_ARE;
    private static final RequestFields REQUEST_FIELDS = RecognitionService.RECOGNIZE.within("request");

    private RecognitionStream() {}

    /**
     * To be called while the call is being started.
     *
     * @param caller who asks
     * @param maxInFlight as {@link QuestionStream} says, at least 1
     * @param recogniser answers one question, may throw what it fails with; called by one thread at a time
     * @param watcher hears of it
     */
    static StreamObserver<RecognizeStreamRequest> open(
            ServerCallStreamObserver<RecognizeStreamResponse> caller,
            int maxInFlight,
            Function<RecognizeRequest, CompletableFuture<RecognizeResponse>> recogniser,
            QuestionStream.Watcher watcher) {
        return QuestionStream.open(caller, maxInFlight, question -> answer(question, recogniser), watcher);
    }

    private static CompletableFuture<Answer<RecognizeStreamResponse>> answer(
            RecognizeStreamRequest question,
            Function<RecognizeRequest, CompletableFuture<RecognizeResponse>> recogniser) {
        String correlationId = question.getCorrelationId();
        Trace trace = Intake.traceOfThisCall();
        CompletableFuture<RecognizeResponse> answer;
        RequestFields fields = FIELDS;
        try {
            if (correlationId.isEmpty()) {
                throw new InvalidInput("correlation_id", "empty", "the caller's own id of the question");
            }
            if (!question.hasRequest()) {
                throw new InvalidInput("request", "missing", "what to recognise");
            }
            fields = REQUEST_FIELDS;
            answer = recogniser.apply(question.getRequest());
        } catch (Throwable e) {
            RequestFields named = fields;
            return CompletableFuture.completedFuture(
                    error(correlationId, trace.logging(() -> FailureStatus.of(e, named))));
        }
        return Cancelling.handle(
                answer,
                (response, failure) -> response == null
                        ? error(correlationId, trace.logging(() -> FailureStatus.of(failure, REQUEST_FIELDS)))
                        : new Answer<>(
                                RecognizeStreamResponse.newBuilder()
                                        .setCorrelationId(correlationId)
                                        .setResponse(response)
                                        .build(),
                                io.grpc.Status.Code.OK));
    }

    private static Answer<RecognizeStreamResponse> error(String correlationId, Status error) {
        return new Answer<>(
                RecognizeStreamResponse.newBuilder()
                        .setCorrelationId(correlationId)
                        .setError(error)
                        .build(),
                io.grpc.Status.fromCodeValue(error.getCode()).getCode());
    }
}
