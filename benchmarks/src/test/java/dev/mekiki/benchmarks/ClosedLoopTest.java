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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

    private final String name = UUID.randomUUID().toString();
    private final AtomicLong answered = new AtomicLong();
    private Server server;
    private ManagedChannel channel;

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void countsEveryAnswerAndMeasuresItsLatency() throws IOException {
        start(() -> Status.OK);
        AtomicLong cpuSeconds = new AtomicLong();

        Load load = loop().run(4, Duration.ofMillis(50), () -> Duration.ofSeconds(cpuSeconds.getAndAdd(3)));

        assertThat(load.images()).isEqualTo(answered.get()).isGreaterThanOrEqualTo(4);
        assertThat(load.latencies().getTotalCount()).isEqualTo(load.images());
        assertThat(load.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        assertThat(load.serverCpu()).isEqualTo(Duration.ofSeconds(3));
        assertThat(load.percentile(50)).isBetween(0.0, load.percentile(99));
    }

    @Test
    void keepsTheGivenNumberOfCallsInFlight() throws IOException {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        // Opens only when three calls are under way at once; the last calls of a spell find it broken.
        CyclicBarrier three = new CyclicBarrier(3);
        start(() -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            try {
                three.await(2, TimeUnit.SECONDS);
            } catch (Exception e) {
                // Fewer than three are left at the end of the spell.
            }
            underWay.decrementAndGet();
            return Status.OK;
        });

        loop().run(3, Duration.ofMillis(20), () -> Duration.ZERO);

        assertThat(most).hasValue(3);
    }

    @Test
    void endsWithTheReasonIfACallFails() throws IOException {
        start(() -> Status.UNAVAILABLE.withDescription("request queue is full"));

        assertThatThrownBy(() -> loop().run(2, Duration.ofSeconds(30), () -> Duration.ZERO))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("mekiki.v1.Recognition/Embed")
                .hasMessageContaining("request queue is full");
    }

    private void start(java.util.function.Supplier<Status> fate) throws IOException {
        server = InProcessServerBuilder.forName(name)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .addService(new RecognitionGrpc.RecognitionImplBase() {
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
                })
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    private ClosedLoop<EmbedRequest, EmbedResponse> loop() {
        return new ClosedLoop<>(
                channel, RecognitionGrpc.getEmbedMethod(), List.of(EmbedRequest.getDefaultInstance()));
    }
}
