package dev.mekiki.cli.bulk;

import com.google.protobuf.Any;
import com.google.rpc.RetryInfo;
import dev.mekiki.client.Connection;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.ListRegistrationsRequest;
import dev.mekiki.v1.ListRegistrationsResponse;
import dev.mekiki.v1.Registration;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * A service that keeps registrations in memory and fails as it is told to. Its listing has pages of two, so that paging
 * happens.
 */
final class RememberingService extends RegistrationsGrpc.RegistrationsImplBase implements AutoCloseable {

    private static final int PAGE = 2;

    private final Server server;
    private final String name = UUID.randomUUID().toString();
    private final Map<String, Registration> stored = new TreeMap<>();
    private final List<String> labelsReceived = new ArrayList<>();
    private Function<CreateRegistrationRequest, Status> fate = _ -> Status.OK;
    private Runnable beforeAnswer = () -> {};

    RememberingService() throws IOException {
        server = InProcessServerBuilder.forName(name)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .addService(this)
                .build()
                .start();
    }

    Connection connect() {
        return new Connection(InProcessChannelBuilder.forName(name).build(), Duration.ofSeconds(20));
    }

    /** What becomes of a request; anything but OK stores nothing. {@code UNAVAILABLE} advises to wait 700 ms. */
    synchronized void decide(Function<CreateRegistrationRequest, Status> fate) {
        this.fate = fate;
    }

    synchronized void beforeAnswer(Runnable beforeAnswer) {
        this.beforeAnswer = beforeAnswer;
    }

    synchronized List<String> storedLabels() {
        return stored.values().stream().map(Registration::getLabel).sorted().toList();
    }

    /** The labels of every request so far, failed ones included. */
    synchronized List<String> labelsReceived() {
        return List.copyOf(labelsReceived);
    }

    @Override
    public void createRegistration(CreateRegistrationRequest request, StreamObserver<Registration> answer) {
        Runnable wait;
        synchronized (this) {
            wait = beforeAnswer;
        }
        wait.run();
        synchronized (this) {
            String label = request.getRegistration().getLabel();
            labelsReceived.add(label);
            Status status = fate.apply(request);
            if (!status.isOk()) {
                answer.onError(failure(status));
                return;
            }
            String digest = ContentDigest.of(request.getImage().toByteArray()).hex();
            String id = ContentDigest.of((label + digest).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .hex();
            Registration registration = Registration.newBuilder()
                    .setName(request.getParent() + "/registrations/" + id)
                    .setLabel(label)
                    .setContentDigest(digest)
                    .build();
            stored.put(id, registration);
            answer.onNext(registration);
            answer.onCompleted();
        }
    }

    @Override
    public synchronized void listRegistrations(
            ListRegistrationsRequest request, StreamObserver<ListRegistrationsResponse> answer) {
        int from = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
        List<Registration> all = stored.values().stream()
                .filter(r -> request.getLabelScopeList().contains(r.getLabel().split("/", -1)[0]))
                .toList();
        int to = Math.min(all.size(), from + PAGE);
        answer.onNext(ListRegistrationsResponse.newBuilder()
                .addAllRegistrations(all.subList(from, to))
                .setNextPageToken(to < all.size() ? Integer.toString(to) : "")
                .build());
        answer.onCompleted();
    }

    private static StatusRuntimeException failure(Status status) {
        if (status.getCode() != Status.Code.UNAVAILABLE) {
            return status.asRuntimeException();
        }
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(status.getCode().value())
                .setMessage("request queue is full")
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
