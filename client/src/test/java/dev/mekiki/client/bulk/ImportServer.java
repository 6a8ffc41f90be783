package dev.mekiki.client.bulk;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import dev.mekiki.client.Connection;
import dev.mekiki.v1.ImportAppend;
import dev.mekiki.v1.ImportFinding;
import dev.mekiki.v1.ImportOptions;
import dev.mekiki.v1.ImportRegistrationsRequest;
import dev.mekiki.v1.ImportRegistrationsResponse;
import dev.mekiki.v1.ImportRow;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A service that takes imports into memory, and does with each append what it is told to. */
final class ImportServer extends RegistrationsGrpc.RegistrationsImplBase implements AutoCloseable {

    /** What becomes of an append. */
    sealed interface Fate {
        /** Stored and answered. */
        record Answer() implements Fate {}

        /** Not stored, and the stream ends. */
        record Refuse(Status status) implements Fate {}

        /** Stored, and the stream ends without an answer. */
        record Forget(Status status) implements Fate {}

        /** Stored, and never answered. */
        record Silence() implements Fate {}

        /** Not stored, and the stream ends as if all were well. */
        record End() implements Fate {}
    }

    static final Fate ANSWER = new Fate.Answer();

    private final Server server;
    private final String name = UUID.randomUUID().toString();
    private final Set<String> stored = new LinkedHashSet<>();
    private final List<ImportOptions> streams = new ArrayList<>();
    private final List<Long> offsets = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private Function<ImportAppend, Fate> fate = _ -> ANSWER;

    ImportServer() throws IOException {
        server = InProcessServerBuilder.forName(name)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .addService(this)
                .build()
                .start();
    }

    Connection connect() {
        return new Connection(InProcessChannelBuilder.forName(name).build(), Duration.ofSeconds(20));
    }

    synchronized void decide(Function<ImportAppend, Fate> fates) {
        this.fate = fates;
    }

    /** Labels in the order in which they were stored first. */
    synchronized List<String> stored() {
        return List.copyOf(stored);
    }

    /** The options of every stream so far. */
    synchronized List<ImportOptions> streams() {
        return List.copyOf(streams);
    }

    /** Of every append so far. */
    synchronized List<Long> offsets() {
        return List.copyOf(offsets);
    }

    /** Rows of every append so far. */
    synchronized List<Integer> sizes() {
        return List.copyOf(sizes);
    }

    @Override
    public StreamObserver<ImportRegistrationsRequest> importRegistrations(
            StreamObserver<ImportRegistrationsResponse> answers) {
        return new StreamObserver<>() {
            private boolean over;
            private long next = -1;

            @Override
            public void onNext(ImportRegistrationsRequest request) {
                synchronized (ImportServer.this) {
                    if (over) {
                        return;
                    }
                    if (request.hasOptions()) {
                        streams.add(request.getOptions());
                    } else {
                        append(request.getAppend());
                    }
                }
            }

            private void append(ImportAppend append) {
                offsets.add(append.getOffset());
                sizes.add(append.getRowsCount());
                if (next >= 0 && append.getOffset() != next) {
                    end(Status.OUT_OF_RANGE.withDescription("offset: " + append.getOffset() + " not " + next));
                    return;
                }
                next = append.getOffset() + append.getRowsCount();
                switch (fate.apply(append)) {
                    case Fate.Answer() -> answers.onNext(store(append));
                    case Fate.Refuse(Status status) -> end(status);
                    case Fate.Forget(Status status) -> {
                        store(append);
                        end(status);
                    }
                    case Fate.Silence() -> store(append);
                    case Fate.End() -> {
                        over = true;
                        answers.onCompleted();
                    }
                }
            }

            private void end(Status status) {
                over = true;
                answers.onError(failure(status));
            }

            @Override
            public void onError(Throwable failure) {
                over = true;
            }

            @Override
            public void onCompleted() {
                if (!over) {
                    answers.onCompleted();
                }
            }
        };
    }

    /** Rows under {@code bad} are rejected, those under {@code twin} contradict the row before. */
    private ImportRegistrationsResponse store(ImportAppend append) {
        ImportRegistrationsResponse.Builder answer = ImportRegistrationsResponse.newBuilder();
        int registered = 0;
        int present = 0;
        for (int i = 0; i < append.getRowsCount(); i++) {
            ImportRow row = append.getRows(i);
            long offset = append.getOffset() + i;
            if (row.getLabel().startsWith("bad")) {
                answer.addFindings(ImportFinding.newBuilder()
                        .setOffset(offset)
                        .setKind(ImportFinding.Kind.KIND_REJECTED)
                        .setError(com.google.rpc.Status.newBuilder().setCode(3).setMessage("not an image")));
            } else if (row.getLabel().startsWith("twin")) {
                answer.addFindings(ImportFinding.newBuilder()
                        .setOffset(offset)
                        .setKind(ImportFinding.Kind.KIND_CONFLICTING_CONTENT)
                        .setOtherOffset(offset - 1)
                        .setOtherLabel(i == 0 ? "" : append.getRows(i - 1).getLabel()));
            } else if (stored.add(row.getLabel())) {
                registered++;
            } else {
                present++;
            }
        }
        return answer.setNextOffset(append.getOffset() + append.getRowsCount())
                .setRegisteredCount(registered)
                .setPresentCount(present)
                .build();
    }

    /** {@code UNAVAILABLE} advises to wait 700 ms. */
    private static StatusRuntimeException failure(Status status) {
        if (status.getCode() != Status.Code.UNAVAILABLE) {
            return status.asRuntimeException();
        }
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(status.getCode().value())
                .setMessage("the store is away")
                .addDetails(Any.pack(RetryInfo.newBuilder()
                        .setRetryDelay(com.google.protobuf.Duration.newBuilder().setNanos(700_000_000))
                        .build()))
                .build());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
