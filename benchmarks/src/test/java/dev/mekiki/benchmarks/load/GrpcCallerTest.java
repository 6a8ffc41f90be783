package dev.mekiki.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.EmbedResponse;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.RecognitionGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GrpcCallerTest {

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Service service = new Service();
    private Server server;
    private Connections connections;

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .directExecutor()
                .addService(service)
                .build()
                .start();
        connections = new Connections(server.getPort(), 2);
    }

    @AfterEach
    void stop() {
        connections.close();
        server.shutdownNow();
    }

    @Test
    void sendsTheRequestsAsTheyAreRoundAndRound() {
        GrpcCaller caller = caller(Status.Code.OK, (_, _) -> {});

        for (int i = 0; i < 5; i++) {
            assertThat(ask(caller)).isInstanceOf(Outcome.Answered.class);
        }

        assertThat(service.images).containsExactly("one", "two", "three", "one", "two");
    }

    @Test
    void failsWhenAnAnswerIsWrong() {
        GrpcCaller caller = caller(Status.Code.OK, (request, answer) -> {
            throw new IllegalStateException("request " + request + ", " + answer.length + " bytes");
        });

        EmbedResponse answer = EmbedResponse.newBuilder()
                .setEmbedding(Embedding.newBuilder().addValues(1))
                .build();
        assertThat(ask(caller))
                .isEqualTo(new Outcome.Failed(
                        "mekiki.v1.Recognition/Embed: request 0, " + answer.getSerializedSize() + " bytes"));
    }

    @Test
    void tellsARefusalFromABrokenConnection() {
        GrpcCaller caller = caller(Status.Code.OK, (_, _) -> {});

        service.failure = StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Code.UNAVAILABLE_VALUE)
                .addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(com.google.protobuf.Duration.newBuilder().setNanos(250_000_000))
                        .build()))
                .build());
        assertThat(ask(caller)).isEqualTo(new Outcome.Refused(Duration.ofMillis(250)));

        service.failure = Status.UNAVAILABLE.withDescription("io exception").asRuntimeException();
        assertThat(ask(caller))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.reason()).contains("io exception"));
    }

    @Test
    void takesTheStatusThatIsExpectedForAnAnswer() {
        GrpcCaller caller = caller(Status.Code.INVALID_ARGUMENT, (_, _) -> {});

        service.failure = Status.INVALID_ARGUMENT.asRuntimeException();
        assertThat(ask(caller)).isInstanceOf(Outcome.Answered.class);

        service.failure = null;
        assertThat(ask(caller))
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.reason()).contains("expected: INVALID_ARGUMENT"));
    }

    @Test
    void anExpiredCallIsNoFailure() {
        service.silent = true;

        assertThat(ask(new GrpcCaller(connections, workload(Status.Code.OK, (_, _) -> {}), Duration.ofMillis(1))))
                .isInstanceOf(Outcome.Expired.class);
    }

    @Test
    void sendsMessagesThatAreLargerThanWhatMayBeSentAtOnce() {
        String large = "x".repeat(3_000_000);
        GrpcCaller caller =
                new GrpcCaller(connections, workload(Status.Code.OK, (_, _) -> {}, List.of(large, "small")), DEADLINE);
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            CompletableFuture<Outcome> outcome = new CompletableFuture<>();
            caller.ask(outcome::complete);
            outcomes.add(outcome);
        }

        assertThat(outcomes).allSatisfy(each -> assertThat(each.join()).isEqualTo(new Outcome.Answered()));
        assertThat(service.images).hasSize(8).containsOnly(large, "small");
    }

    @Test
    void failsWhatIsUnderWayWhenTheConnectionEndsAndWhatComesAfter() {
        service.silent = true;
        GrpcCaller caller = caller(Status.Code.OK, (_, _) -> {});
        CompletableFuture<Outcome> underWay = new CompletableFuture<>();
        caller.ask(underWay::complete);
        server.shutdownNow();

        assertThat(underWay.join()).isInstanceOf(Outcome.Failed.class);
        assertThat(ask(caller)).isInstanceOf(Outcome.Failed.class);
    }

    private GrpcCaller caller(Status.Code status, Workload.AnswerCheck check) {
        return new GrpcCaller(connections, workload(status, check), DEADLINE);
    }

    private static Workload workload(Status.Code status, Workload.AnswerCheck check) {
        return workload(status, check, List.of("one", "two", "three"));
    }

    private static Workload workload(Status.Code status, Workload.AnswerCheck check, List<String> images) {
        List<byte[]> requests = images.stream()
                .map(image -> EmbedRequest.newBuilder()
                        .setImage(ByteString.copyFromUtf8(image))
                        .build()
                        .toByteArray())
                .toList();
        return new Workload(RecognitionGrpc.getEmbedMethod().getFullMethodName(), requests, status, check);
    }

    private static Outcome ask(Caller caller) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        caller.ask(outcome::complete);
        return outcome.join();
    }

    /** Remembers the images, and answers as it is told to. */
    private static final class Service extends RecognitionGrpc.RecognitionImplBase {

        private final List<String> images = new CopyOnWriteArrayList<>();
        private volatile @Nullable StatusRuntimeException failure;
        private volatile boolean silent;

        @Override
        public void embed(EmbedRequest request, StreamObserver<EmbedResponse> answer) {
            images.add(request.getImage().toStringUtf8());
            if (silent) {
                return;
            }
            StatusRuntimeException told = failure;
            if (told != null) {
                answer.onError(told);
                return;
            }
            answer.onNext(EmbedResponse.newBuilder()
                    .setEmbedding(Embedding.newBuilder().addValues(1))
                    .build());
            answer.onCompleted();
        }
    }
}
