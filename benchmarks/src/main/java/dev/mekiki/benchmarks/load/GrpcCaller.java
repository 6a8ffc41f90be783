package dev.mekiki.benchmarks.load;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.mekiki.client.Refusal;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Sends the requests of a workload over gRPC, one after the other, round and round. Thread-safe. */
public final class GrpcCaller implements Caller {

    /** Parsing every answer would cost the load generator more than sending the request. */
    private static final int ANSWERS_PER_CHECK = 61;

    /** Of a refusal that tells none. */
    private static final Duration RETRY_AFTER = Duration.ofMillis(100);

    /** Before a message: whether it is compressed, and its length. */
    private static final int PREFIX = 1 + Integer.BYTES;

    private static final AsciiString STATUS = AsciiString.cached("grpc-status");
    private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");
    private static final AsciiString DETAILS = AsciiString.cached("grpc-status-details-bin");

    private final Connections connections;
    private final Workload workload;
    private final Duration deadline;
    private final Http2Headers headers;
    private final List<ByteBuf> messages;
    private final AtomicInteger next = new AtomicInteger();

    /** @param deadline of each call, 1 ms..27 h */
    public GrpcCaller(Connections connections, Workload workload, Duration deadline) {
        this.connections = connections;
        this.workload = workload;
        this.deadline = deadline;
        this.headers = ReadOnlyHttp2Headers.clientHeaders(
                true,
                AsciiString.of("POST"),
                AsciiString.of("/" + workload.method()),
                AsciiString.of("http"),
                AsciiString.of("127.0.0.1"),
                AsciiString.of("content-type"),
                AsciiString.of("application/grpc"),
                AsciiString.of("te"),
                AsciiString.of("trailers"),
                AsciiString.of("grpc-timeout"),
                AsciiString.of(deadline.toMillis() + "m"));
        this.messages = workload.requests().stream().map(GrpcCaller::message).toList();
    }

    /** Outside the heap, from where a socket takes it. */
    private static ByteBuf message(byte[] request) {
        ByteBuffer message = ByteBuffer.allocateDirect(PREFIX + request.length);
        message.put((byte) 0).putInt(request.length).put(request).flip();
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(message));
    }

    @Override
    public void ask(Consumer<Outcome> ended) {
        int number = next.getAndIncrement() & Integer.MAX_VALUE;
        int request = number % messages.size();
        boolean checked = number % ANSWERS_PER_CHECK == 0;
        connections
                .next()
                .ask(new Connection.Question(headers, messages.get(request), deadline.toNanos(), new Connection.End() {
                    @Override
                    public void answered(Http2Headers trailers, ByteBuf answer) {
                        ended.accept(outcome(trailers, request, answer, checked));
                    }

                    @Override
                    public void expired() {
                        ended.accept(new Outcome.Expired());
                    }

                    @Override
                    public void failed(String reason) {
                        ended.accept(GrpcCaller.this.failed(reason));
                    }
                }));
    }

    private Outcome outcome(Http2Headers trailers, int request, ByteBuf answer, boolean checked) {
        int number = trailers.getInt(STATUS, Status.Code.UNKNOWN.value());
        Status.Code code = Status.fromCodeValue(number).getCode();
        if (code == workload.status()) {
            if (code != Status.Code.OK) {
                return new Outcome.Answered();
            }
            if (answer.readableBytes() < PREFIX) {
                return failed("no answer");
            }
            try {
                if (checked) {
                    workload.check()
                            .check(request, ByteBufUtil.getBytes(answer, PREFIX, answer.readableBytes() - PREFIX));
                }
                return new Outcome.Answered();
            } catch (IllegalStateException e) {
                return failed(String.valueOf(e.getMessage()));
            }
        }
        return switch (code) {
            case DEADLINE_EXCEEDED -> new Outcome.Expired();
            case RESOURCE_EXHAUSTED -> new Outcome.Refused(advice(trailers).orElse(RETRY_AFTER));
            // Without advice it is not the service that speaks but gRPC, of a broken connection.
            case UNAVAILABLE ->
                advice(trailers).<Outcome>map(Outcome.Refused::new).orElseGet(() -> unexpected(code, trailers));
            default -> unexpected(code, trailers);
        };
    }

    private static Optional<Duration> advice(Http2Headers trailers) {
        CharSequence details = trailers.get(DETAILS);
        if (details == null) {
            return Optional.empty();
        }
        try {
            byte[] status = Base64.getDecoder().decode(details.toString());
            return Refusal.retryAfter(com.google.rpc.Status.parseFrom(status));
        } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    private Outcome unexpected(Status.Code code, Http2Headers trailers) {
        return failed(code + " " + trailers.get(MESSAGE) + " (expected: " + workload.status() + ")");
    }

    private Outcome failed(String reason) {
        return new Outcome.Failed(workload.method() + ": " + reason);
    }
}
