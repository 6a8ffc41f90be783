package dev.mekiki.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.mekiki.core.failure.PermissionDenied;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.service.telemetry.Telemetry;
import dev.mekiki.service.telemetry.Tracing;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.RecognizeStreamResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream that is refused in its middle, over a connection. */
@Timeout(60)
class IntakeTest {

    private static final int MOST_BYTES = 100_000;
    private static final String FORBIDDEN = "forbidden";
    private static final String BREAKING = "breaking";

    private final RequestBytes bytes = new RequestBytes(10 * MOST_BYTES);
    private final CountDownLatch gone = new CountDownLatch(1);
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(1));
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .addStreamTracerFactory(Intake.factory(new Intake.Rules(
                        bytes,
                        MOST_BYTES,
                        MOST_BYTES,
                        Duration.ofSeconds(1),
                        lifecycle,
                        new Telemetry(new SimpleMeterRegistry()),
                        Tracing.off(InstantSource.system()))))
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .intercept(new ServerInterceptor() {
                    @Override
                    public <Q, R> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                        Intake intake = Intake.ofThisCall();
                        return intake.hearing(next.startCall(intake.enter(call), headers));
                    }
                })
                .addService(new RecognitionGrpc.RecognitionImplBase() {
                    @Override
                    public StreamObserver<RecognizeStreamRequest> recognizeStream(
                            StreamObserver<RecognizeStreamResponse> caller) {
                        ((ServerCallStreamObserver<RecognizeStreamResponse>) caller)
                                .setOnCancelHandler(gone::countDown);
                        return new Method(caller);
                    }
                })
                .build()
                .start();
        channel = ManagedChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void aMethodWhoseMessageIsTooLargeHearsThatItsCallerIsGone() throws Exception {
        StreamObserver<RecognizeStreamRequest> stream = open();
        stream.onNext(question("small", 10));
        stream.onNext(question("large", 2 * MOST_BYTES));

        assertThat(ended.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(bytes.held()).isZero();
    }

    @Test
    void aMethodWhoseCallIsRefusedByWhatItSaysHearsThatItsCallerIsGone() throws Exception {
        StreamObserver<RecognizeStreamRequest> stream = open();
        stream.onNext(question(FORBIDDEN, 10));

        assertThat(ended.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCallWhoseMethodBreaksIsEnded() throws Exception {
        StreamObserver<RecognizeStreamRequest> stream = open();
        stream.onNext(question(BREAKING, 10));

        assertThat(ended.get(30, TimeUnit.SECONDS).getCode()).isEqualTo(Code.INTERNAL);
        assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private StreamObserver<RecognizeStreamRequest> open() {
        return RecognitionGrpc.newStub(channel).recognizeStream(new StreamObserver<>() {
            @Override
            public void onNext(RecognizeStreamResponse answer) {}

            @Override
            public void onError(Throwable failure) {
                ended.complete(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                ended.complete(Status.OK);
            }
        });
    }

    private static RecognizeStreamRequest question(String id, int bytes) {
        return RecognizeStreamRequest.newBuilder()
                .setCorrelationId(id)
                .setRequest(RecognizeRequest.newBuilder().setImage(ByteString.copyFrom(new byte[bytes])))
                .build();
    }

    /** Answers at once, but refuses one question, and breaks at another. */
    private record Method(StreamObserver<RecognizeStreamResponse> caller)
            implements StreamObserver<RecognizeStreamRequest> {

        @Override
        public void onNext(RecognizeStreamRequest question) {
            if (question.getCorrelationId().equals(FORBIDDEN)) {
                Intake.ofThisCall().refuse(new PermissionDenied("somebody", "recognise in", "galleries/a"));
            }
            if (question.getCorrelationId().equals(BREAKING)) {
                throw new NoClassDefFoundError("a/Class");
            }
            caller.onNext(RecognizeStreamResponse.newBuilder()
                    .setCorrelationId(question.getCorrelationId())
                    .build());
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
            caller.onCompleted();
        }
    }
}
