package dev.mekiki.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.EmbedResponse;
import dev.mekiki.v1.RecognitionGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

    @Test
    void countsEveryAnswerAndMeasuresItsLatency() throws IOException {
        AtomicLong cpuSeconds = new AtomicLong();
        try (Answering service = new Answering(() -> Status.OK)) {
            Load load = service.loop().run(4, Duration.ofMillis(50), () -> Duration.ofSeconds(cpuSeconds.getAndAdd(3)));

            assertThat(load.images()).isEqualTo(service.answered.get()).isGreaterThanOrEqualTo(4);
            assertThat(load.latencies().getTotalCount()).isEqualTo(load.images());
            assertThat(load.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
            assertThat(load.serverCpu()).isEqualTo(Duration.ofSeconds(3));
            assertThat(load.percentile(50)).isBetween(0.0, load.percentile(99));
        }
    }

    @Test
    void keepsTheGivenNumberOfCallsInFlight() throws IOException {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        // Opens only when three calls are under way at once.
        CyclicBarrier three = new CyclicBarrier(3);
        Supplier<Status> waiting = () -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            try {
                three.await(2, TimeUnit.SECONDS);
            } catch (Exception e) {
                // Fewer than three are left at the end of the spell.
            }
            underWay.decrementAndGet();
            return Status.OK;
        };
        try (Answering service = new Answering(waiting)) {
            service.loop().run(3, Duration.ofMillis(20), () -> Duration.ZERO);

            assertThat(most).hasValue(3);
        }
    }

    @Test
    void endsWithTheReasonIfACallFails() throws IOException {
        try (Answering service = new Answering(() -> Status.UNAVAILABLE.withDescription("request queue is full"))) {
            assertThatThrownBy(() -> service.loop().run(2, Duration.ofSeconds(30), () -> Duration.ZERO))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("mekiki.v1.Recognition/Embed")
                    .hasMessageContaining("request queue is full");
        }
    }

    /** A service that answers every image with nothing, or fails as it is told to. */
    private static final class Answering extends RecognitionGrpc.RecognitionImplBase implements AutoCloseable {

        private final Supplier<Status> fate;
        private final AtomicLong answered = new AtomicLong();
        private final Server server;
        private final ManagedChannel channel;

        Answering(Supplier<Status> fate) throws IOException {
            this.fate = fate;
            String name = UUID.randomUUID().toString();
            server = InProcessServerBuilder.forName(name)
                    .executor(Executors.newVirtualThreadPerTaskExecutor())
                    .addService(this)
                    .build()
                    .start();
            channel = InProcessChannelBuilder.forName(name).build();
        }

        ClosedLoop<EmbedRequest, EmbedResponse> loop() {
            return new ClosedLoop<>(
                    channel, RecognitionGrpc.getEmbedMethod(), List.of(EmbedRequest.getDefaultInstance()));
        }

        @Override
        public void embed(EmbedRequest request, StreamObserver<EmbedResponse> answer) {
            Status status = fate.get();
            if (!status.isOk()) {
                answer.onError(status.asRuntimeException());
                return;
            }
            answered.incrementAndGet();
            answer.onNext(EmbedResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void close() {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }
}
