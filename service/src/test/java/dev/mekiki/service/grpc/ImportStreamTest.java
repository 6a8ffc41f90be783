package dev.mekiki.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import dev.mekiki.core.bulk.RowResult;
import dev.mekiki.core.bulk.RowResult.Fate;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.v1.ImportAppend;
import dev.mekiki.v1.ImportOptions;
import dev.mekiki.v1.ImportRegistrationsRequest;
import dev.mekiki.v1.ImportRegistrationsResponse;
import dev.mekiki.v1.ImportRow;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Everything runs on the test's own thread, so that what has happened has happened. */
class ImportStreamTest {

    private static final ImportRegistrationsRequest OPTIONS = ImportRegistrationsRequest.newBuilder()
            .setOptions(ImportOptions.newBuilder().setParent("galleries/g"))
            .build();

    private record Batch(long offset, int count, CompletableFuture<List<RowResult>> results) {
        void done() {
            results.complete(Collections.nCopies(count, new RowResult(Fate.REGISTERED, Optional.empty())));
        }
    }

    private final List<Batch> batches = new ArrayList<>();
    private final CompletableFuture<Destination> opening = new CompletableFuture<>();
    private final Destination destination = new Destination();
    private final List<Integer> answeredBytes = new ArrayList<>();
    private final List<Runnable> onDrain = new ArrayList<>();
    private boolean room = true;
    private int ends;

    private final Server server;
    private final ManagedChannel channel;

    ImportStreamTest() throws IOException {
        String name = InProcessServerBuilder.generateName();
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .addService(new Service())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    @BeforeEach
    void nothingImported() {
        assertThat(batches).isEmpty();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void answersAppendsInTheirOrderOnceTheyAreDone() {
        Caller caller = opened();
        caller.append(5, 2);
        caller.append(7, 1);

        batches.get(1).done();
        assertThat(caller.answers).isEmpty();
        batches.get(0).done();
        caller.requests().onCompleted();

        assertThat(caller.nextOffsets()).containsExactly(7L, 8L);
        assertThat(caller.answers.getFirst().getRegisteredCount()).isEqualTo(2);
        assertThat(caller.completed).isTrue();
        assertThat(ends).isEqualTo(1);
        assertThat(answeredBytes).hasSize(3);
    }

    @Test
    void endsOnceItsRowsCanBeSeenEvenIfTheServiceDrainsMeanwhile() {
        destination.shown = new CompletableFuture<>();
        Caller caller = opened();
        caller.append(0, 1);
        batches.getFirst().done();
        assertThat(caller.nextOffsets()).containsExactly(1L);

        caller.requests().onCompleted();
        onDrain.forEach(Runnable::run);
        assertThat(caller.completed).isFalse();
        assertThat(caller.failure).isNull();
        destination.shown.complete(null);

        assertThat(caller.completed).isTrue();
        assertThat(ends).isEqualTo(1);
    }

    @Test
    void takesRowsOnlyOnceItIsKnownWhereTheyGo() {
        Caller caller = new Caller();
        caller.requests().onNext(OPTIONS);
        caller.append(0, 1);
        assertThat(batches).isEmpty();

        opening.complete(destination);

        assertThat(batches).hasSize(1);
    }

    @Test
    void saysWhenThereIsNoSuchGallery() {
        Caller caller = new Caller();
        caller.requests().onNext(OPTIONS);
        caller.append(0, 1);

        opening.completeExceptionally(new NotFound("galleries/g"));

        assertThat(caller.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(ends).isEqualTo(1);
    }

    @Test
    void makesOneBatchOfAppendsThatWait() {
        Caller caller = opened();
        for (int i = 0; i < ImportStream.MOST_BATCHES; i++) {
            caller.append(10L * i, 10);
        }
        long next = 10L * ImportStream.MOST_BATCHES;
        caller.append(next, 400);
        caller.append(next + 400, 600);
        caller.append(next + 1000, 1);
        assertThat(batches).hasSize(ImportStream.MOST_BATCHES);

        batches.get(0).done();

        assertThat(batches.get(ImportStream.MOST_BATCHES)).satisfies(batch -> {
            assertThat(batch.offset).isEqualTo(next);
            assertThat(batch.count).isEqualTo(1000);
        });
        for (int i = 1; i < ImportStream.MOST_BATCHES + 2; i++) {
            batches.get(i).done();
        }
        assertThat(caller.nextOffsets()).endsWith(next, next + 400, next + 1000, next + 1001);
        assertThat(caller.answers.get(ImportStream.MOST_BATCHES + 1).getRegisteredCount())
                .isEqualTo(600);
    }

    @Test
    void asksForNoMoreThanItCanHoldAndGoesOnWhenThereIsRoom() {
        Caller caller = opened();
        room = false;
        for (int i = 0; i < 3; i++) {
            caller.append(i, 1);
        }
        assertThat(batches).hasSize(1);

        batches.get(0).done();
        assertThat(batches).hasSize(2);

        room = true;
        batches.get(1).done();
        assertThat(batches).hasSize(3);
    }

    @Test
    void doesNotReadOnWhileManyRowsWait() {
        Caller caller = opened();
        for (int i = 0; i < 2 * ImportStream.MOST_BATCHES; i++) {
            caller.append(1000L * i, 1000);
        }

        assertThat(batches).hasSize(ImportStream.MOST_BATCHES);
        assertThat(caller.requests().isReady()).isFalse();
    }

    @Test
    void answersRowsThatItHasHadWithAReplayAndDoesNothing() {
        Caller caller = opened();
        caller.append(3, 2);
        caller.append(5, 2);
        caller.append(3, 2);
        assertThat(caller.answers).isEmpty();

        batches.get(0).done();
        batches.get(1).done();
        caller.append(4, 3);

        assertThat(batches).hasSize(2);
        assertThat(caller.nextOffsets()).containsExactly(5L, 7L, 7L, 7L);
        assertThat(caller.answers.get(1).hasReplay()).isFalse();
        assertThat(caller.answers.get(2).getReplay().getCode()).isEqualTo(Code.ALREADY_EXISTS.value());
        assertThat(caller.answers.get(3).hasReplay()).isTrue();
    }

    @Test
    void refusesAGapAfterAnsweringWhatCameBefore() {
        Caller caller = opened();
        caller.append(0, 2);
        caller.append(3, 1);
        assertThat(caller.failure).isNull();

        batches.getFirst().done();

        assertThat(caller.nextOffsets()).containsExactly(2L);
        assertThat(caller.code()).isEqualTo(Code.OUT_OF_RANGE);
        assertThat(Objects.requireNonNull(caller.failure)).hasMessageContaining("the next row is 2");
    }

    @Test
    void refusesRowsBeforeItsFirstAndHalfAReplay() {
        Caller before = opened();
        before.append(5, 1);
        batches.getFirst().done();
        before.append(4, 1);
        assertThat(before.code()).isEqualTo(Code.OUT_OF_RANGE);

        Caller half = opened();
        half.append(5, 2);
        batches.getLast().done();
        half.append(6, 2);
        assertThat(half.code()).isEqualTo(Code.OUT_OF_RANGE);
    }

    @Test
    void refusesWhatIsNotInItsPlace() {
        Caller without = new Caller();
        without.append(0, 1);
        assertThat(without.code()).isEqualTo(Code.INVALID_ARGUMENT);

        Caller twice = opened();
        twice.requests().onNext(OPTIONS);
        assertThat(twice.code()).isEqualTo(Code.INVALID_ARGUMENT);

        Caller many = opened();
        many.append(0, 1001);
        assertThat(many.code()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(Objects.requireNonNull(many.failure)).hasMessageContaining("append.rows: 1001 rows");

        Caller none = opened();
        none.append(0, 0);
        assertThat(none.code()).isEqualTo(Code.INVALID_ARGUMENT);

        Caller negative = opened();
        negative.append(-1, 1);
        assertThat(negative.code()).isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void endsWithTheFailureOfABatchAfterAnsweringThoseBeforeIt() {
        Caller caller = opened();
        caller.append(0, 1);
        caller.append(1, 1);

        batches.get(1).results.completeExceptionally(new Unavailable("the store is away", Duration.ofSeconds(2)));
        assertThat(caller.failure).isNull();
        batches.get(0).done();

        assertThat(caller.nextOffsets()).containsExactly(1L);
        assertThat(caller.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(Objects.requireNonNull(StatusProto.fromThrowable(Objects.requireNonNull(caller.failure)))
                        .getDetailsList())
                .anyMatch(any -> any.is(RetryInfo.class));
        assertThat(destination.abandoned).isEqualTo(1);
    }

    @Test
    void acknowledgesWhatItHasTakenAndThenEndsWhenTheServiceDrains() {
        Caller caller = opened();
        caller.append(0, 1);

        onDrain.forEach(Runnable::run);
        assertThat(caller.failure).isNull();
        caller.append(1, 1);
        batches.getFirst().done();

        assertThat(caller.nextOffsets()).containsExactly(1L);
        assertThat(caller.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(batches).hasSize(1);
        assertThat(ends).isEqualTo(1);
    }

    @Test
    void givesUpWhatIsUnderWayWhenTheCallerGoesAway() {
        Caller caller = opened();
        caller.append(0, 1);

        caller.requests().cancel("gone", null);
        batches.getFirst().done();

        assertThat(destination.abandoned).isEqualTo(1);
        assertThat(ends).isEqualTo(1);
        assertThat(answeredBytes).hasSize(2);
    }

    private Caller opened() {
        Caller caller = new Caller();
        opening.complete(destination);
        caller.requests().onNext(OPTIONS);
        return caller;
    }

    private static ImportRow row() {
        return ImportRow.newBuilder()
                .setLabel("a")
                .setImage(ByteString.copyFromUtf8("image"))
                .build();
    }

    private final class Destination implements ImportStream.Destination {

        private CompletableFuture<Void> shown = CompletableFuture.completedFuture(null);
        private int abandoned;

        @Override
        public CompletableFuture<List<RowResult>> add(long offset, List<ImportRow> rows) {
            Batch batch = new Batch(offset, rows.size(), new CompletableFuture<>());
            batches.add(batch);
            return batch.results;
        }

        @Override
        public CompletableFuture<Void> shown() {
            return shown;
        }

        @Override
        public void abandon() {
            abandoned++;
        }

        @Override
        public ImportRegistrationsResponse.Builder answer(long offset, List<RowResult> results) {
            return ImportMessages.response(new GalleryId("g"), offset, results);
        }
    }

    private final class Service extends RegistrationsGrpc.RegistrationsImplBase {

        @Override
        public StreamObserver<ImportRegistrationsRequest> importRegistrations(
                StreamObserver<ImportRegistrationsResponse> caller) {
            return ImportStream.open(
                    (ServerCallStreamObserver<ImportRegistrationsResponse>) caller,
                    _ -> opening,
                    new ImportStream.Watcher() {
                        @Override
                        public Runnable opened(Runnable drain) {
                            onDrain.add(drain);
                            return () -> ends++;
                        }

                        @Override
                        public boolean hasRoom() {
                            return room;
                        }

                        @Override
                        public void answered(int messageBytes) {
                            answeredBytes.add(messageBytes);
                        }
                    });
        }
    }

    /** Sends what it is told to, as fast as the service takes it, and reads every answer. */
    private final class Caller
            implements ClientResponseObserver<ImportRegistrationsRequest, ImportRegistrationsResponse> {

        private final List<ImportRegistrationsResponse> answers = new ArrayList<>();
        private @Nullable ClientCallStreamObserver<ImportRegistrationsRequest> requests;
        private @Nullable Throwable failure;
        private boolean completed;

        Caller() {
            StreamObserver<ImportRegistrationsRequest> unused =
                    RegistrationsGrpc.newStub(channel).importRegistrations(this);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ImportRegistrationsRequest> stream) {
            requests = stream;
        }

        ClientCallStreamObserver<ImportRegistrationsRequest> requests() {
            return Objects.requireNonNull(requests);
        }

        void append(long offset, int rows) {
            requests()
                    .onNext(ImportRegistrationsRequest.newBuilder()
                            .setAppend(ImportAppend.newBuilder()
                                    .setOffset(offset)
                                    .addAllRows(Collections.nCopies(rows, row())))
                            .build());
        }

        List<Long> nextOffsets() {
            return answers.stream()
                    .map(ImportRegistrationsResponse::getNextOffset)
                    .toList();
        }

        Code code() {
            return Status.fromThrowable(Objects.requireNonNull(failure)).getCode();
        }

        @Override
        public void onNext(ImportRegistrationsResponse answer) {
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
