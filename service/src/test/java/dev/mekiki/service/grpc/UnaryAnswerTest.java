package dev.mekiki.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Everything runs on the test's own thread, so that what has happened has happened. */
class UnaryAnswerTest {

    private static final NoClassDefFoundError DEFECT = new NoClassDefFoundError("a/Class");

    private final CompletableFuture<String> work = new CompletableFuture<>();
    private Supplier<CompletableFuture<String>> begin = () -> work;
    private Function<String, RecognizeResponse> message = _ -> RecognizeResponse.getDefaultInstance();
    private final Server server;
    private final ManagedChannel channel;

    UnaryAnswerTest() throws Exception {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .addService(new RecognitionGrpc.RecognitionImplBase() {
                    @Override
                    public void recognize(RecognizeRequest request, StreamObserver<RecognizeResponse> caller) {
                        UnaryAnswer.send(caller, RequestFields.AS_THEY_ARE, begin, message);
                    }
                })
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void answersWhenTheWorkIsDone() {
        CompletableFuture<Code> answer = call();
        assertThat(answer).isNotDone();

        work.complete("done");

        assertThat(answer).isCompletedWithValue(Code.OK);
    }

    @Test
    void endsTheCallWhateverIsThrownWhereTheWorkBegins() {
        begin = () -> {
            throw DEFECT;
        };

        assertThat(call()).isCompletedWithValue(Code.INTERNAL);
    }

    @Test
    void endsTheCallWhateverTheWorkFailsWith() {
        CompletableFuture<Code> answer = call();

        work.completeExceptionally(DEFECT);

        assertThat(answer).isCompletedWithValue(Code.INTERNAL);
    }

    @Test
    void endsTheCallIfThereIsNoMessage() {
        message = _ -> {
            throw DEFECT;
        };
        CompletableFuture<Code> answer = call();

        work.complete("done");

        assertThat(answer).isCompletedWithValue(Code.INTERNAL);
    }

    private CompletableFuture<Code> call() {
        CompletableFuture<Code> answer = new CompletableFuture<>();
        RecognitionGrpc.newStub(channel).recognize(RecognizeRequest.getDefaultInstance(), new StreamObserver<>() {
            @Override
            public void onNext(RecognizeResponse response) {}

            @Override
            public void onError(Throwable thrown) {
                answer.complete(Status.fromThrowable(thrown).getCode());
            }

            @Override
            public void onCompleted() {
                answer.complete(Code.OK);
            }
        });
        return answer;
    }
}
