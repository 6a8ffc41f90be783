package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.ListGalleriesRequest;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.RecognizeStreamResponse;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service whose connections end now and then. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ConnectionAgeIT {

    private static final int AGES = 3;

    @TempDir
    private Path folder;

    @Test
    void connectionsEndWithoutACallThatFailsAndStreamsGoOn() throws Exception {
        try (ServiceProcess service = ServiceProcess.ready(folder, "-Dmekiki.server.max-connection-age=1s")) {
            ManagedChannel channel = service.connect();
            try {
                ManagedChannel streaming = service.connect();
                CompletableFuture<RecognizeStreamResponse> answer = new CompletableFuture<>();
                StreamObserver<RecognizeStreamRequest> stream =
                        RecognitionGrpc.newStub(streaming).recognizeStream(first(answer));
                CountDownLatch ended = new CountDownLatch(AGES);
                streaming.getState(true);
                watch(channel, ended);
                var galleries = GalleriesGrpc.newBlockingStub(channel);
                int calls = 0;
                while (ended.getCount() > 0) {
                    assertThat(galleries
                                    .listGalleries(ListGalleriesRequest.getDefaultInstance())
                                    .getNextPageToken())
                            .isEmpty();
                    calls++;
                }
                assertThat(calls).isGreaterThan(AGES);

                // Older than any connection may get.
                assertThat(answer).isNotDone();
                stream.onNext(RecognizeStreamRequest.getDefaultInstance());
                assertThat(answer.get(10, TimeUnit.SECONDS).hasError()).isTrue();
                stream.onCompleted();
                streaming.shutdownNow();
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static void watch(ManagedChannel channel, CountDownLatch ended) {
        ConnectivityState state = channel.getState(false);
        channel.notifyWhenStateChanged(state, () -> {
            if (state == ConnectivityState.READY) {
                ended.countDown();
            }
            watch(channel, ended);
        });
    }

    private static StreamObserver<RecognizeStreamResponse> first(CompletableFuture<RecognizeStreamResponse> answer) {
        return new StreamObserver<>() {
            @Override
            public void onNext(RecognizeStreamResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        };
    }
}
