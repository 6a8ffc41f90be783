package dev.mekiki.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.BadRequest;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.v1.Known;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.RecognizeStreamResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Everything runs on the test's own thread, so that what has happened has happened. */
class RecognitionStreamTest {

    private static final int MAX_IN_FLIGHT = 3;

    /** The questions that the recogniser was asked, by gallery, in order. */
    private final Map<String, CompletableFuture<RecognizeResponse>> asked = new LinkedHashMap<>();

    private final List<Integer> answeredBytes = new ArrayList<>();
    private final List<Runnable> onDrain = new ArrayList<>();
    private int ends;
    private boolean watcherBreaks;

    private Server server;
    private ManagedChannel channel;

    RecognitionStreamTest() throws IOException {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .addService(new Service())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    @BeforeEach
    void nothingAsked() {
        assertThat(asked).isEmpty();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void answersInTheOrderThatAnswersAreReadyAndJoinsThemByCorrelationId() {
        Caller caller = new Caller(Integer.MAX_VALUE);
        caller.ask("one");
        caller.ask("two");

        answer("two");
        answer("one");
        caller.questions().onCompleted();

        assertThat(caller.answers)
                .extracting(RecognizeStreamResponse::getCorrelationId)
                .containsExactly("two", "one");
        assertThat(caller.answers)
                .extracting(a -> a.getResponse().getKnown().getMainLabel())
                .containsExactly("two", "one");
        assertThat(caller.completed).isTrue();
        assertThat(ends).isEqualTo(1);
    }

    @Test
    void tellsOfAnErrorInItsAnswerAndGoesOn() {
        Caller caller = new Caller(Integer.MAX_VALUE);
        caller.ask("one");
        caller.ask("throws");
        pending("one").completeExceptionally(new InvalidInput("image.content", "text", "an image"));
        caller.ask("three");
        answer("three");

        assertThat(caller.answers)
                .extracting(RecognizeStreamResponse::getCorrelationId)
                .containsExactly("throws", "one", "three");
        assertThat(caller.answers.get(1).getError().getCode()).isEqualTo(Code.INVALID_ARGUMENT.value());
        assertThat(caller.answers.get(1).getError().getDetailsList())
                .filteredOn(any -> any.is(BadRequest.class))
                .singleElement()
                .satisfies(any -> assertThat(any.unpack(BadRequest.class)
                                .getFieldViolations(0)
                                .getField())
                        .isEqualTo("request.image"));
        assertThat(caller.answers.get(2).hasResponse()).isTrue();
        assertThat(caller.completed).isFalse();
    }

    @Test
    void tellsOfADefectInItsAnswerAndGoesOn() {
        Caller caller = new Caller(Integer.MAX_VALUE);
        caller.ask("breaks");
        caller.ask("one");
        pending("one").completeExceptionally(new NoClassDefFoundError("a/Class"));

        assertThat(caller.answers)
                .extracting(answer -> answer.getError().getCode())
                .containsExactly(Code.INTERNAL.value(), Code.INTERNAL.value());
        assertThat(caller.failure).isNull();
    }

    @Test
    void endsIfAnAnswerCannotBeGiven() {
        Caller caller = new Caller(Integer.MAX_VALUE);
        caller.ask("one");
        watcherBreaks = true;
        answer("one");

        assertThat(caller.failure).isNotNull();
        assertThat(Status.fromThrowable(caller.failure).getCode()).isEqualTo(Code.INTERNAL);
        assertThat(ends).isEqualTo(1);
    }

    @Test
    void refusesAQuestionWithoutCorrelationIdOrRequest() {
        Caller caller = new Caller(Integer.MAX_VALUE);
        caller.questions()
                .onNext(RecognizeStreamRequest.newBuilder()
                        .setRequest(request("x"))
                        .build());
        caller.questions()
                .onNext(RecognizeStreamRequest.newBuilder()
                        .setCorrelationId("y")
                        .build());

        assertThat(caller.answers)
                .extracting(a -> a.getError().getMessage())
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("correlation_id: "),
                        second -> assertThat(second).startsWith("request: "));
        assertThat(asked).isEmpty();
    }

    @Test
    void takesNoMoreQuestionsThanMayBeUnderWay() {
        Caller caller = new Caller(Integer.MAX_VALUE);
        for (int i = 0; i < 5; i++) {
            caller.ask("q" + i);
        }
        assertThat(asked.keySet()).containsExactly("q0", "q1", "q2");

        answer("q1");

        assertThat(asked.keySet()).containsExactly("q0", "q1", "q2", "q3");
    }

    @Test
    void doesNotReadFromACallerThatDoesNotReadItsAnswers() {
        Caller caller = new Caller(1);
        for (int i = 0; i < 12; i++) {
            caller.ask("q" + i);
        }
        for (int round = 0; round < 12; round++) {
            List.copyOf(asked.keySet()).forEach(this::answer);
        }
        assertThat(asked).hasSizeLessThanOrEqualTo(1 + 2 * MAX_IN_FLIGHT);

        caller.answersWanted(Integer.MAX_VALUE);
        for (int round = 0; round < 12; round++) {
            List.copyOf(asked.keySet()).forEach(this::answer);
        }

        assertThat(asked).hasSize(12);
        assertThat(caller.answers).hasSize(12);
    }

    @Test
    void cancelsWhatIsUnderWayWhenTheCallerGoesAway() {
        Caller caller = new Caller(Integer.MAX_VALUE);
        caller.ask("one");
        caller.ask("two");

        caller.questions().cancel("gone", null);

        assertThat(asked.values()).allMatch(CompletableFuture::isCancelled);
        assertThat(ends).isEqualTo(1);
        assertThat(answeredBytes).hasSize(2);
    }

    @Test
    void answersWhatItHasTakenAndThenEndsWhenTheServiceDrains() {
        Caller caller = new Caller(Integer.MAX_VALUE);
        caller.ask("one");

        onDrain.forEach(Runnable::run);
        assertThat(caller.failure).isNull();
        answer("one");

        assertThat(caller.answers).singleElement().matches(RecognizeStreamResponse::hasResponse);
        assertThat(io.grpc.Status.fromThrowable(Objects.requireNonNull(caller.failure))
                        .getCode())
                .isEqualTo(Code.UNAVAILABLE);
        assertThat(ends).isEqualTo(1);
    }

    @Test
    void givesBackTheBytesOfEachAnsweredQuestion() {
        Caller caller = new Caller(Integer.MAX_VALUE);
        caller.ask("one");
        assertThat(answeredBytes).isEmpty();

        answer("one");

        assertThat(answeredBytes).containsExactly(question("one").getSerializedSize());
    }

    private CompletableFuture<RecognizeResponse> pending(String question) {
        return Objects.requireNonNull(asked.get(question), question);
    }

    private void answer(String question) {
        pending(question)
                .complete(RecognizeResponse.newBuilder()
                        .setKnown(Known.newBuilder().setMainLabel(question))
                        .build());
    }

    private static RecognizeRequest request(String gallery) {
        return RecognizeRequest.newBuilder()
                .setGallery(gallery)
                .setImage(ByteString.copyFromUtf8("image"))
                .build();
    }

    private static RecognizeStreamRequest question(String id) {
        return RecognizeStreamRequest.newBuilder()
                .setCorrelationId(id)
                .setRequest(request(id))
                .build();
    }

    private final class Service extends RecognitionGrpc.RecognitionImplBase {

        @Override
        public StreamObserver<RecognizeStreamRequest> recognizeStream(StreamObserver<RecognizeStreamResponse> caller) {
            return RecognitionStream.open(
                    (ServerCallStreamObserver<RecognizeStreamResponse>) caller,
                    MAX_IN_FLIGHT,
                    request -> {
                        if (request.getGallery().equals("throws")) {
                            throw new InvalidInput("gallery", "\"throws\"", "another");
                        }
                        if (request.getGallery().equals("breaks")) {
                            throw new NoClassDefFoundError("a/Class");
                        }
                        return asked.computeIfAbsent(request.getGallery(), _ -> new CompletableFuture<>());
                    },
                    new QuestionStream.Watcher() {
                        @Override
                        public Runnable opened(Runnable drain) {
                            onDrain.add(drain);
                            return () -> ends++;
                        }

                        @Override
                        public void answered(int requestBytes, Code status) {
                            if (watcherBreaks) {
                                throw new NoClassDefFoundError("a/Class");
                            }
                            answeredBytes.add(requestBytes);
                        }
                    });
        }
    }

    /** Asks, and reads as many answers as it wants. */
    private final class Caller implements ClientResponseObserver<RecognizeStreamRequest, RecognizeStreamResponse> {

        private final int wanted;
        private final List<RecognizeStreamResponse> answers = new ArrayList<>();
        private @Nullable ClientCallStreamObserver<RecognizeStreamRequest> questions;
        private @Nullable Throwable failure;
        private boolean completed;

        Caller(int wanted) {
            this.wanted = wanted;
            StreamObserver<RecognizeStreamRequest> unused =
                    RecognitionGrpc.newStub(channel).recognizeStream(this);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<RecognizeStreamRequest> stream) {
            questions = stream;
            stream.disableAutoRequestWithInitial(wanted);
        }

        ClientCallStreamObserver<RecognizeStreamRequest> questions() {
            return Objects.requireNonNull(questions);
        }

        void ask(String id) {
            questions().onNext(question(id));
        }

        void answersWanted(int more) {
            questions().request(more);
        }

        @Override
        public void onNext(RecognizeStreamResponse answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable thrown) {
            failure = thrown;
        }

        @Override
        public void onCompleted() {
            completed = true;
        }
    }
}
