package dev.mekiki.service.grpc;

import dev.mekiki.core.recognition.RecognitionRequest;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.service.lifecycle.Engine;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.service.settings.AdmissionConfig;
import dev.mekiki.service.telemetry.Telemetry;
import dev.mekiki.service.telemetry.Trace;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.EmbedResponse;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.RecognizeStreamResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.util.concurrent.CompletableFuture;

/** {@code mekiki.v1.Recognition}. */
@GrpcService
public class RecognitionService extends RecognitionGrpc.RecognitionImplBase {

    static final RequestFields RECOGNIZE = RequestFields.AS_THEY_ARE.with("label", "label_scope");

    private final Lifecycle lifecycle;
    private final Telemetry telemetry;
    private final AdmissionConfig admission;

    public RecognitionService(Lifecycle lifecycle, Telemetry telemetry, AdmissionConfig admission) {
        this.lifecycle = lifecycle;
        this.telemetry = telemetry;
        this.admission = admission;
    }

    @Override
    public void recognize(RecognizeRequest request, StreamObserver<RecognizeResponse> caller) {
        Trace trace = Intake.traceOfThisCall();
        UnaryAnswer.send(
                caller,
                RECOGNIZE,
                () -> recognise(request, lifecycle.engineOfTakenCall(), trace),
                response -> response);
    }

    @Override
    public StreamObserver<RecognizeStreamRequest> recognizeStream(StreamObserver<RecognizeStreamResponse> caller) {
        Intake intake = Intake.ofThisCall();
        return RecognitionStream.open(
                (ServerCallStreamObserver<RecognizeStreamResponse>) caller,
                admission.maxInFlightPerStream(),
                question ->
                        Intake.traceOfThisCall().ofQuestion(trace -> recognise(question, lifecycle.engine(), trace)),
                new QuestionStream.Watcher() {
                    @Override
                    public Runnable opened(Runnable onDrain) {
                        return lifecycle.streamOpened(onDrain);
                    }

                    @Override
                    public void answered(int requestBytes, io.grpc.Status.Code status) {
                        intake.release(requestBytes);
                        telemetry.streamAnswered(status);
                    }
                });
    }

    @Override
    public void embed(EmbedRequest request, StreamObserver<EmbedResponse> caller) {
        Trace trace = Intake.traceOfThisCall();
        UnaryAnswer.send(
                caller,
                RequestFields.AS_THEY_ARE,
                () -> {
                    Deadline deadline = Times.ofThisCall(admission.defaultDeadline());
                    Engine engine = lifecycle.engineOfTakenCall();
                    return engine.recogniser()
                            .embed(
                                    Requests.image(request.getImage()),
                                    Requests.space(request.getModel(), engine.embedders()),
                                    deadline);
                },
                embedded -> {
                    trace.answered(embedded.durations());
                    return Replies.embedding(embedded);
                });
    }

    private CompletableFuture<RecognizeResponse> recognise(RecognizeRequest request, Engine engine, Trace trace) {
        Deadline deadline = Times.ofThisCall(admission.defaultDeadline());
        RecognitionRequest question = Requests.recognition(request, engine.embedders());
        // Not the question itself, so that the image may go as soon as it is decoded.
        var gallery = question.gallery();
        CompletableFuture<dev.mekiki.core.recognition.RecognitionReply> reply =
                engine.recogniser().recognise(question, deadline);
        return Cancelling.thenApply(reply, answer -> {
            trace.answered(answer.durations());
            telemetry.recognised(gallery, answer.recognition(), answer.durations());
            engine.decisions().record(answer.gallery(), answer.recognition());
            return Replies.recognition(gallery, answer);
        });
    }
}
