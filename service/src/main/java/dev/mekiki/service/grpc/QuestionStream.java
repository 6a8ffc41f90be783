package dev.mekiki.service.grpc;

import com.google.protobuf.MessageLite;
import dev.mekiki.core.failure.Unavailable;
import io.grpc.Status;
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
 * A call of many questions and as many answers. Answers go out as they are ready; a question that fails is answered with
 * its error and the stream goes on.
 *
 * <p>At any time, questions under way, questions the caller may still send, and answers the caller does not read add up
 * to {@code maxInFlight}. So a caller that does not read is not read from either.
 *
 * <p>Ends when the caller has finished and everything is answered; or, once the service drains, when everything taken
 * is answered. If the caller goes away, what is under way is cancelled.
 *
 * @param <Q> question
 * @param <A> answer
 */
final class QuestionStream<Q extends MessageLite, A> implements StreamObserver<Q> {

    private static final Duration RETRY_ELSEWHERE = Duration.ofSeconds(1);

    /**
     * What a question came to.
     *
     * @param message for the caller
     * @param status whether it is an error
     */
    record Answer<A>(A message, Status.Code status) {}

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
        void answered(int requestBytes, Status.Code status);
    }

    private final ServerCallStreamObserver<A> caller;
    private final Function<Q, CompletableFuture<Answer<A>>> answerer;
    private final Watcher watcher;

    // All of the following under this object's lock.
    private final Set<CompletableFuture<Answer<A>>> underWay = new HashSet<>();
    private int inFlight;
    private int owed;
    private boolean callerFinished;
    private boolean draining;
    private boolean ended;
    private @Nullable Runnable onEnd;

    private QuestionStream(
            ServerCallStreamObserver<A> caller, Function<Q, CompletableFuture<Answer<A>>> answerer, Watcher watcher) {
        this.caller = caller;
        this.answerer = answerer;
        this.watcher = watcher;
    }

    /**
     * To be called while the call is being started.
     *
     * @param caller who asks
     * @param maxInFlight see above, at least 1
     * @param answerer answers one question; neither throws nor fails, unless it is cancelled; called by one thread at a
     *     time
     * @param watcher hears of it
     */
    static <Q extends MessageLite, A> StreamObserver<Q> open(
            ServerCallStreamObserver<A> caller,
            int maxInFlight,
            Function<Q, CompletableFuture<Answer<A>>> answerer,
            Watcher watcher) {
        QuestionStream<Q, A> stream = new QuestionStream<>(caller, answerer, watcher);
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
    public void onNext(Q question) {
        int bytes = question.getSerializedSize();
        synchronized (this) {
            inFlight++;
        }
        CompletableFuture<Answer<A>> pending = answerer.apply(question);
        synchronized (this) {
            if (ended) {
                pending.cancel(false);
            } else {
                underWay.add(pending);
            }
        }
        var _ = pending.whenComplete((answer, defect) -> {
            synchronized (this) {
                underWay.remove(pending);
            }
            answered(bytes, answer, defect);
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

    /**
     * @param answer null if there is none
     * @param defect why: cancelled, because the caller has gone; anything else is a defect of the service
     */
    private void answered(int bytes, @Nullable Answer<A> answer, @Nullable Throwable defect) {
        try {
            answer(bytes, answer, defect);
        } catch (Throwable e) {
            // Nobody else would hear of it.
            fail(e);
        }
    }

    private synchronized void fail(Throwable defect) {
        if (!ended) {
            end();
            caller.onError(FailureStatus.exception(defect, RequestFields.AS_THEY_ARE));
        }
    }

    private void answer(int bytes, @Nullable Answer<A> answer, @Nullable Throwable defect) {
        watcher.answered(bytes, answer == null ? Status.Code.CANCELLED : answer.status);
        synchronized (this) {
            inFlight--;
            owed++;
            if (!ended && answer != null) {
                caller.onNext(answer.message);
            } else if (defect != null) {
                fail(defect);
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
            caller.onError(FailureStatus.exception(
                    new Unavailable(
                            "the service is stopping; questions without an answer were not taken", RETRY_ELSEWHERE),
                    RequestFields.AS_THEY_ARE));
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
        List<CompletableFuture<Answer<A>>> dropped;
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
