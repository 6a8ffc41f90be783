package dev.mekiki.benchmarks.load;

import dev.mekiki.client.Refusal;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sends the requests of a workload over gRPC, one after the other, round and round. Thread-safe. */
public final class GrpcCaller implements Caller {

    /** Parsing every answer would cost the load generator more than sending the request. */
    private static final int ANSWERS_PER_CHECK = 61;

    /** Of a refusal that tells none. */
    private static final Duration RETRY_AFTER = Duration.ofMillis(100);

    private final Supplier<Channel> channels;
    private final Workload workload;
    private final MethodDescriptor<byte[], byte[]> method;
    private final Duration deadline;
    private final AtomicInteger next = new AtomicInteger();

    /** @param deadline of each call */
    public GrpcCaller(Connections connections, Workload workload, Duration deadline) {
        this(connections::next, workload, deadline);
    }

    /** @param channels for each call, one; their callbacks run on the threads that ended the calls */
    GrpcCaller(Supplier<Channel> channels, Workload workload, Duration deadline) {
        this.channels = channels;
        this.workload = workload;
        this.deadline = deadline;
        this.method = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(workload.method())
                .setRequestMarshaller(WireBytes.PASSED_THROUGH)
                .setResponseMarshaller(WireBytes.PASSED_THROUGH)
                .build();
    }

    @Override
    public void ask(Consumer<Outcome> ended) {
        int number = next.getAndIncrement() & Integer.MAX_VALUE;
        int request = number % workload.requests().size();
        boolean checked = number % ANSWERS_PER_CHECK == 0;
        ClientCall<byte[], byte[]> call = channels.get()
                .newCall(method, CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS));
        call.start(
                new ClientCall.Listener<>() {
                    private byte @Nullable [] answer;

                    @Override
                    public void onMessage(byte[] message) {
                        answer = message;
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        ended.accept(outcome(status, trailers, request, answer, checked));
                    }
                },
                new Metadata());
        // More than one, so that a second answer would be noticed; as gRPC's own stubs do it.
        call.request(2);
        call.sendMessage(workload.requests().get(request));
        call.halfClose();
    }

    private Outcome outcome(Status status, Metadata trailers, int request, byte @Nullable [] answer, boolean checked) {
        if (status.getCode() == workload.status()) {
            if (!status.isOk()) {
                return new Outcome.Answered();
            }
            if (answer == null) {
                return failed("no answer");
            }
            try {
                if (checked) {
                    workload.check().check(request, answer);
                }
                return new Outcome.Answered();
            } catch (IllegalStateException e) {
                return failed(String.valueOf(e.getMessage()));
            }
        }
        return switch (status.getCode()) {
            case DEADLINE_EXCEEDED -> new Outcome.Expired();
            case RESOURCE_EXHAUSTED ->
                new Outcome.Refused(advice(status, trailers).orElse(RETRY_AFTER));
            // Without advice it is not the service that speaks but gRPC, of a broken connection.
            case UNAVAILABLE ->
                advice(status, trailers).<Outcome>map(Outcome.Refused::new).orElseGet(() -> failed(status.toString()));
            default -> failed(status + " (expected: " + workload.status() + ")");
        };
    }

    private static Optional<Duration> advice(Status status, Metadata trailers) {
        return Refusal.of(status.asRuntimeException(trailers)).retryAfter();
    }

    private Outcome failed(String reason) {
        return new Outcome.Failed(workload.method() + ": " + reason);
    }
}
