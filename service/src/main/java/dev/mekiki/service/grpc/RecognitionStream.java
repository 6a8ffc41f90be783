package dev.mekiki.service.grpc;

import com.google.rpc.Status;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.RecognizeStreamResponse;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One {@code RecognizeStream} call. Answers go out as they are ready; a question that fails is answered with its error
 * and the stream goes on.
 *
 * <p>At any time, questions under way, questions the caller may still send, and answers the caller does not read add up
 * to {@code maxInFlight}. So a caller that does not read is not read from either.
 *
 * <p>Ends when the caller has finished and everything is answered; or, once the service drains, when everything taken
 * is answered. If the caller goes away, what is under way is cancelled.
 */
final class RecognitionStream implements StreamObserver<RecognizeStreamRequest> {

    private static final RequestFields FIELDS = RequestFields.AS_THEY_ARE;
    private static final RequestFields REQUEST_FIELDS = RecognitionService.RECOGNIZE.within("request");
    private static final Duration RETRY_ELSEWHERE = Duration.ofSeconds(1);

    /** Hears of the stream's life. */
    interface Watcher {

        /**
         * The stream was opened.
         *
         * @param onDrain to be run when the service drains
         * @return to be run when the stream has ended
         */
        Runnable opened(Runnable onDrain);

        /** A question of that many bytes was answered, or dropped with the stream. */
        void answered(int requestBytes, io.grpc.Status.Code status);
    }

    private final ServerCallStreamObserver<RecognizeStreamResponse> caller;
    private final Function<RecognizeRequest, CompletableFuture<RecognizeResponse>> recogniser;
    private final Watcher watcher;

    // All of the following under this object's lock.
    private final Set<CompletableFuture<RecognizeResponse>> underWay = new HashSet<>();
    private int inFlight;
    private int owed;
    private boolean callerFinished;
    private boolean draining;
    private boolean ended;
    private @Nullable Runnable onEnd;

    private RecognitionStream(
            ServerCallStreamObserver<RecognizeStreamResponse> caller,
            Function<RecognizeRequest, CompletableFuture<RecognizeResponse>> recogniser,
            Watcher watcher) {
        this.caller = caller;
        this.recogniser = recogniser;
        this.watcher = watcher;
    }

    /**
     * To be called while the call is being started.
     *
     * @param caller who asks
     * @param maxInFlight see above, at least 1
     * @param recogniser answers one question, may throw what it fails with; called by one thread at a time
     * @param watcher hears of it
     */
    static StreamObserver<RecognizeStreamRequest> open(
            ServerCallStreamObserver<RecognizeStreamResponse> caller,
            int maxInFlight,
            Function<RecognizeRequest, CompletableFuture<RecognizeResponse>> recogniser,
            Watcher watcher) {
        RecognitionStream stream = new RecognitionStream(caller, recogniser, watcher);
        caller.disableAutoRequest();
        caller.setOnReadyHandler(stream::settle);
        caller.setOnCancelHandler(stream::abandon);
        Runnable closed = watcher.opened(stream::drain);
        synchronized (stream) {
            if (stream.ended) {
                closed.run();
            } else {
                stream.onEnd = closed;
                caller.request(maxInFlight);
            }
        }
        return stream;
    }

    @Override
    public void onNext(RecognizeStreamRequest question) {
        String correlationId = question.getCorrelationId();
        int bytes = question.getSerializedSize();
        synchronized (this) {
            inFlight++;
        }
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
        } catch (RuntimeException e) {
            answered(correlationId, bytes, null, FailureStatus.of(e, fields));
            return;
        }
        synchronized (this) {
            if (ended) {
                answer.cancel(false);
            } else {
                underWay.add(answer);
            }
        }
        CompletableFuture<RecognizeResponse> pending = answer;
        pending.whenComplete((response, failure) -> {
            synchronized (this) {
                underWay.remove(pending);
            }
            answered(
                    correlationId, bytes, response, failure == null ? null : FailureStatus.of(failure, REQUEST_FIELDS));
        });
    }

    @Override
    public void onCompleted() {
        synchronized (this) {
            callerFinished = true;
        }
        settle();
    }

    @Override
    public void onError(Throwable gone) {
        abandon();
    }

    private void answered(
            String correlationId, int bytes, @Nullable RecognizeResponse response, @Nullable Status error) {
        watcher.answered(
                bytes,
                error == null
                        ? io.grpc.Status.Code.OK
                        : io.grpc.Status.fromCodeValue(error.getCode()).getCode());
        synchronized (this) {
            inFlight--;
            owed++;
            if (!ended) {
                RecognizeStreamResponse.Builder answer =
                        RecognizeStreamResponse.newBuilder().setCorrelationId(correlationId);
                if (error != null) {
                    answer.setError(error);
                } else if (response != null) {
                    answer.setResponse(response);
                }
                caller.onNext(answer.build());
            }
        }
        settle();
    }

    /** Ends the stream if it is time; else lets the caller send what there is room for. */
    private synchronized void settle() {
        if (ended) {
            return;
        }
        if (inFlight == 0 && callerFinished) {
            end();
            caller.onCompleted();
        } else if (inFlight == 0 && draining) {
            end();
            caller.onError(StatusProto.toStatusRuntimeException(FailureStatus.of(
                    new Unavailable(
                            "the service is stopping; questions without an answer were not taken", RETRY_ELSEWHERE),
                    FIELDS)));
        } else if (owed > 0 && !draining && caller.isReady()) {
            int room = owed;
            owed = 0;
            caller.request(room);
        }
    }

    private void drain() {
        synchronized (this) {
            draining = true;
        }
        settle();
    }

    private void abandon() {
        List<CompletableFuture<RecognizeResponse>> dropped;
        synchronized (this) {
            if (ended) {
                return;
            }
            end();
            dropped = new ArrayList<>(underWay);
            underWay.clear();
        }
        dropped.forEach(answer -> answer.cancel(false));
    }

    private void end() {
        ended = true;
        if (onEnd != null) {
            onEnd.run();
        }
    }
}
