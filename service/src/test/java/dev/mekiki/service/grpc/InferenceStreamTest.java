package dev.mekiki.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.openinference.ModelInferRequest;
import dev.mekiki.openinference.ModelInferResponse;
import dev.mekiki.openinference.ModelStreamInferResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Everything runs on the test's own thread, so that what has happened has happened. */
class InferenceStreamTest {

    /** What the model was asked, by the request's id, in order. */
    private final Map<String, CompletableFuture<ModelInferResponse>> asked = new LinkedHashMap<>();

    private final List<Status.Code> statuses = new ArrayList<>();

    /** What came back: an id, and an error after it. */
    private final List<String> answers = new ArrayList<>();

    private final Server server;
    private final ManagedChannel channel;
    private final StreamObserver<ModelInferRequest> requests;

    InferenceStreamTest() throws IOException {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .addService(new Service())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
        requests = GRPCInferenceServiceGrpc.newStub(channel).modelStreamInfer(new StreamObserver<>() {
            @Override
            public void onNext(ModelStreamInferResponse answer) {
                answers.add(answer.getInferResponse().getId() + answer.getErrorMessage());
            }

            @Override
            public void onError(Throwable failure) {
                answers.add(Status.fromThrowable(failure).getCode().name());
            }

            @Override
            public void onCompleted() {
                answers.add("end");
            }
        });
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    private final class Service extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {

        @Override
        public StreamObserver<ModelInferRequest> modelStreamInfer(StreamObserver<ModelStreamInferResponse> caller) {
            return InferenceStream.open(
                    (ServerCallStreamObserver<ModelStreamInferResponse>) caller,
                    10,
                    request -> {
                        if (request.getModelName().isEmpty()) {
                            throw new InvalidInput("model_name", "empty", "a name");
                        }
                        CompletableFuture<ModelInferResponse> answer = new CompletableFuture<>();
                        asked.put(request.getId(), answer);
                        return answer;
                    },
                    new QuestionStream.Watcher() {
                        @Override
                        public Runnable opened(Runnable onDrain) {
                            return () -> {};
                        }

                        @Override
                        public void answered(int requestBytes, Status.Code status) {
                            statuses.add(status);
                        }
                    });
        }
    }

    private void ask(String id) {
        requests.onNext(ModelInferRequest.newBuilder()
                .setId(id)
                .setModelName(id.startsWith("bad") ? "" : "m")
                .build());
    }

    private CompletableFuture<ModelInferResponse> asked(String id) {
        return Objects.requireNonNull(asked.get(id), id);
    }

    private void answer(String id) {
        asked(id).complete(ModelInferResponse.newBuilder().setId(id).build());
    }

    @Test
    void answersInTheOrderOfTheRequests() {
        ask("one");
        ask("two");
        ask("three");
        requests.onCompleted();

        answer("three");
        answer("two");
        assertThat(answers).isEmpty();
        answer("one");

        assertThat(answers).containsExactly("one", "two", "three", "end");
        assertThat(statuses).containsExactly(Status.Code.OK, Status.Code.OK, Status.Code.OK);
    }

    @Test
    void tellsOfAnErrorInItsTurnAndGoesOn() {
        ask("one");
        ask("bad");
        ask("two");
        ask("three");

        asked("two").completeExceptionally(new InvalidInput("encoded_image[0]", "nothing", "a file"));
        answer("one");
        answer("three");

        assertThat(answers)
                .containsExactly(
                        "one",
                        "badmodel_name: empty (expected: a name)",
                        "twoencoded_image[0]: nothing (expected: a file)",
                        "three");
        assertThat(statuses)
                .containsExactly(
                        Status.Code.OK, Status.Code.INVALID_ARGUMENT, Status.Code.INVALID_ARGUMENT, Status.Code.OK);
    }

    @Test
    void dropsWhatIsUnderWayWhenTheCallerGoes() {
        ask("one");
        ask("two");

        ((ClientCallStreamObserver<ModelInferRequest>) requests).cancel("enough", null);

        assertThat(asked("one")).isCancelled();
        assertThat(asked("two")).isCancelled();
        assertThat(statuses).containsExactly(Status.Code.CANCELLED, Status.Code.CANCELLED);
    }
}
