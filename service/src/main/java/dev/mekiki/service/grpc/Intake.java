package dev.mekiki.service.grpc;

import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.service.telemetry.Telemetry;
import dev.mekiki.service.telemetry.Trace;
import dev.mekiki.service.telemetry.Tracing;
import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches over one call from its headers to its last byte.
 *
 * <p>gRPC itself gathers a message to the end before anybody is asked, and answers one that is too large with
 * {@code RESOURCE_EXHAUSTED} and no details. So its own limit is off, and bytes are counted here as they arrive, on the
 * connection's thread: a message that is too large, or that does not fit beside those already held, is refused at once
 * with a status that says so, and what had arrived of it is dropped.
 */
final class Intake extends ServerStreamTracer {

    /** What a message without an image may have. */
    static final long MOST_WITHOUT_IMAGE = 1 << 20;

    private static final String OPEN_INFERENCE = GRPCInferenceServiceGrpc.SERVICE_NAME + "/";

    /** The field that images are in, by method. */
    private static final Map<String, String> IMAGE_FIELDS = Map.ofEntries(
            Map.entry("mekiki.v1.Recognition/Recognize", "image"),
            Map.entry("mekiki.v1.Recognition/RecognizeStream", "request.image"),
            Map.entry("mekiki.v1.Recognition/Embed", "image"),
            Map.entry("mekiki.v1.Registrations/CreateRegistration", "image"),
            Map.entry("mekiki.v1.Registrations/ImportRegistrations", "append.rows.image"),
            Map.entry(OPEN_INFERENCE + "ModelInfer", "raw_input_contents"),
            Map.entry(OPEN_INFERENCE + "ModelStreamInfer", "raw_input_contents"));

    private static final Context.Key<Intake> KEY = Context.key("intake");

    /**
     * What all calls have in common.
     *
     * @param bytes bounds what they hold together
     * @param maxImageBytes of an image
     * @param maxMessageBytes of a message with an image
     * @param retryAfter what a refused caller is told to wait
     * @param lifecycle whether calls are taken
     * @param telemetry hears how each ended
     * @param tracing begins the trace of each
     */
    record Rules(
            RequestBytes bytes,
            long maxImageBytes,
            long maxMessageBytes,
            Duration retryAfter,
            Lifecycle lifecycle,
            Telemetry telemetry,
            Tracing tracing) {}

    private final String method;
    private final Rules rules;
    private final long startNanos = System.nanoTime();
    private final Trace trace;

    // All of the following under this object's lock.
    private @Nullable Refusable<?, ?> call;
    private long messageBytes;
    private long held;
    private boolean refused;
    private boolean entered;
    private boolean closed;

    private Intake(String method, Metadata headers, Rules rules) {
        this.method = method;
        this.rules = rules;
        this.trace = isOfTheApi() ? rules.tracing().began(method, headers) : Trace.NONE;
    }

    /** Makes one for each call. */
    static Factory factory(Rules rules) {
        return new Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
                return new Intake(fullMethodName, headers, rules);
            }
        };
    }

    /** That of the call which runs on this thread. */
    static Intake ofThisCall() {
        return KEY.get();
    }

    /** That of the call which runs on this thread; none outside of calls. */
    static Trace traceOfThisCall() {
        Intake intake = KEY.get();
        return intake == null ? Trace.NONE : intake.trace;
    }

    /** Whether this is a call of the API, not one of health or reflection. */
    boolean isOfTheApi() {
        return method.startsWith("mekiki.") || isOfModels();
    }

    private boolean isOfModels() {
        return method.startsWith(OPEN_INFERENCE);
    }

    /**
     * Takes the call.
     *
     * @return the call, to go on with
     * @throws dev.mekiki.core.failure.Unavailable if the service does not take calls
     */
    <Q, R> ServerCall<Q, R> enter(ServerCall<Q, R> taken) {
        Refusable<Q, R> refusable = new Refusable<>(taken);
        synchronized (this) {
            if (!closed) {
                rules.lifecycle().enterCall();
                entered = true;
            }
            call = refusable;
        }
        return refusable;
    }

    /**
     * What the method of a call that was taken hears: nothing more once the call is refused, and then that the caller has
     * gone away, so that it gives up what is under way. What it throws refuses the call.
     */
    <Q> ServerCall.Listener<Q> hearing(ServerCall.Listener<Q> method) {
        return new UntilRefused<>(method);
    }

    private synchronized boolean isRefused() {
        return refused;
    }

    /** So many bytes of messages are not held any longer. */
    synchronized void release(long bytes) {
        long released = Math.min(bytes, held);
        held -= released;
        rules.bytes().release(released);
    }

    /**
     * Whether another message may come beside all that is held without taking the last places from other calls: whoever
     * has much to send leaves half of the room to the others.
     */
    boolean hasRoom() {
        return rules.bytes().held() + rules.maxMessageBytes() <= rules.bytes().limit() / 2;
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(KEY, this);
    }

    @Override
    public synchronized void inboundMessage(int seqNo) {
        messageBytes = 0;
    }

    @Override
    public synchronized void inboundWireSize(long bytes) {
        if (refused || closed) {
            return;
        }
        messageBytes += bytes;
        String imageField = IMAGE_FIELDS.get(method);
        long most = imageField == null ? MOST_WITHOUT_IMAGE : rules.maxMessageBytes();
        if (messageBytes > most) {
            refuse(
                    imageField == null
                            ? new InvalidInput("request", "more than " + most + " bytes", "at most " + most + " bytes")
                            : new InvalidInput(
                                    imageField,
                                    "a message of more than " + most + " bytes",
                                    (isOfModels() ? "images and tensors" : "an image") + " of at most "
                                            + rules.maxImageBytes() + " bytes"));
        } else if (rules.bytes().hold(bytes)) {
            held += bytes;
        } else {
            refuse(new Overloaded("memory for requests", rules.lifecycle().openCalls(), rules.retryAfter()));
        }
    }

    @Override
    public void streamClosed(Status status) {
        boolean leaves;
        synchronized (this) {
            release(held);
            closed = true;
            leaves = entered;
            entered = false;
        }
        if (leaves) {
            rules.lifecycle().leaveCall();
        }
        trace.end(status.getCode());
        // Not by a method's name that somebody has made up: each would become a time series.
        if (isOfTheApi() && status.getCode() != Status.Code.UNIMPLEMENTED) {
            rules.telemetry().callEnded(method, status.getCode(), Duration.ofNanos(System.nanoTime() - startNanos));
        }
    }

    /**
     * Answers a call with a failure before anything of it was taken.
     *
     * @return hears nothing of it
     */
    static <Q, R> ServerCall.Listener<Q> refused(ServerCall<Q, R> call, Failure failure) {
        StatusRuntimeException status = exception(failure);
        Metadata trailers = status.getTrailers();
        call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
        return new ServerCall.Listener<>() {};
    }

    /** Ends the call with a failure; whatever else it would have been answered goes nowhere. */
    synchronized void refuse(Throwable failure) {
        refused = true;
        StatusRuntimeException status = exception(failure);
        if (call == null) {
            throw status;
        }
        call.refuse(status);
    }

    static StatusRuntimeException exception(Throwable failure) {
        return FailureStatus.exception(failure, RequestFields.AS_THEY_ARE);
    }

    /** The method's side of a call that may be refused. */
    private final class UntilRefused<Q> extends SimpleForwardingServerCallListener<Q> {

        UntilRefused(ServerCall.Listener<Q> method) {
            super(method);
        }

        @Override
        public void onMessage(Q message) {
            if (!isRefused()) {
                try {
                    super.onMessage(message);
                } catch (Throwable e) {
                    refuse(e);
                }
            }
        }

        @Override
        public void onHalfClose() {
            if (!isRefused()) {
                try {
                    super.onHalfClose();
                } catch (Throwable e) {
                    refuse(e);
                }
            }
        }

        @Override
        public void onReady() {
            if (!isRefused()) {
                super.onReady();
            }
        }

        @Override
        public void onComplete() {
            if (isRefused()) {
                super.onCancel();
            } else {
                super.onComplete();
            }
        }
    }

    /** A call that may be closed while its message is still arriving; whatever is sent after that goes nowhere. */
    private static final class Refusable<Q, R> extends SimpleForwardingServerCall<Q, R> {

        private boolean over;

        Refusable(ServerCall<Q, R> call) {
            super(call);
        }

        synchronized void refuse(StatusRuntimeException reason) {
            if (!over) {
                over = true;
                Metadata trailers = reason.getTrailers();
                delegate().close(reason.getStatus(), trailers == null ? new Metadata() : trailers);
            }
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!over) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(R message) {
            if (!over) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (!over) {
                over = true;
                super.close(status, trailers);
            }
        }
    }
}
