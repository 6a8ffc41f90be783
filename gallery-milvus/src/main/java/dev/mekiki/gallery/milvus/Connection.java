package dev.mekiki.gallery.milvus;

import dev.mekiki.core.failure.Unavailable;
import io.milvus.grpc.ClientInfo;
import io.milvus.grpc.ConnectRequest;
import io.milvus.grpc.GetVersionRequest;
import io.milvus.grpc.ListDatabasesRequest;
import io.milvus.grpc.MilvusServiceGrpc;
import io.milvus.grpc.MilvusServiceGrpc.MilvusServiceBlockingStub;
import io.milvus.shaded.io.grpc.CallOptions;
import io.milvus.shaded.io.grpc.Channel;
import io.milvus.shaded.io.grpc.ClientCall;
import io.milvus.shaded.io.grpc.ClientInterceptor;
import io.milvus.shaded.io.grpc.ManagedChannel;
import io.milvus.shaded.io.grpc.MethodDescriptor;
import io.milvus.shaded.io.grpc.StatusRuntimeException;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.client.RetryConfig;
import io.milvus.v2.exception.ErrorCode;
import io.milvus.v2.exception.MilvusClientException;
import io.milvus.v2.utils.ClientUtils;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The connection to Milvus. Thread-safe.
 *
 * <p>Collections are made and changed through the SDK's client; rows go through the stub beneath it, because the client
 * turns every number of a vector into an object, and waits for a server that is away. Neither repeats a call by itself.
 */
final class Connection implements AutoCloseable {

    /** Whatever Milvus says. */
    interface Call<T> {
        /** @throws Refusal if Milvus did not do it */
        T on(MilvusServiceBlockingStub stub);
    }

    private static final System.Logger LOG = System.getLogger(Connection.class.getName());
    private static final Duration PING_DEADLINE = Duration.ofSeconds(3);
    static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final MilvusGallerySettings settings;
    private final ManagedChannel channel;
    private final MilvusServiceBlockingStub stub;
    private final MilvusClientV2 client;
    private final Health health;
    private final ServerVersion version;
    private volatile boolean closed;

    private Connection(
            MilvusGallerySettings settings,
            ManagedChannel channel,
            MilvusServiceBlockingStub stub,
            ServerVersion version,
            Health health) {
        this.settings = settings;
        this.channel = channel;
        this.stub = stub;
        this.version = version;
        this.health = health;
        this.client = new MilvusClientV2(null);
        client.setBlockingStub(stub.withInterceptors(deadline(settings.changeDeadline())));
        client.retryConfig(RetryConfig.builder().maxRetryTimes(1).build());
    }

    /**
     * Connects to Milvus, which must be there.
     *
     * @throws Unavailable if it does not answer, or is not ready
     * @throws UnusableMilvus if it refuses this client, lacks the database or is too old
     */
    static Connection open(MilvusGallerySettings settings, MilvusAvailability listener) {
        ManagedChannel channel = new ClientUtils().getChannel(configuration(settings));
        boolean opened = false;
        try {
            MilvusServiceBlockingStub stub = MilvusServiceGrpc.newBlockingStub(channel);
            ServerVersion version = ServerVersion.requireUsable(settings.uri(), greet(stub, settings));
            Health health = new Health(listener, () -> ping(channel, stub));
            Connection connection = new Connection(settings, channel, stub, version, health);
            opened = true;
            return connection;
        } finally {
            if (!opened) {
                channel.shutdownNow();
            }
        }
    }

    /** @return the server's version */
    private static String greet(MilvusServiceBlockingStub stub, MilvusGallerySettings settings) {
        try {
            MilvusServiceBlockingStub waiting =
                    stub.withDeadlineAfter(settings.lookUpDeadline().toNanos(), TimeUnit.NANOSECONDS);
            // First, because a server refuses to connect to a database that it lacks, and does not say which it has.
            var databases = waiting.listDatabases(ListDatabasesRequest.getDefaultInstance());
            Refusal.check(databases.getStatus());
            if (!databases.getDbNamesList().contains(settings.database())) {
                throw new UnusableMilvus(
                        "database of " + settings.uri(),
                        "none named \"" + settings.database() + "\"",
                        "one of " + databases.getDbNamesList());
            }
            Refusal.check(waiting.connect(ConnectRequest.newBuilder()
                            .setClientInfo(
                                    ClientInfo.newBuilder().setSdkType("Java").setUser("mekiki"))
                            .build())
                    .getStatus());
            var version = waiting.getVersion(GetVersionRequest.getDefaultInstance());
            Refusal.check(version.getStatus());
            return version.getVersion();
        } catch (StatusRuntimeException e) {
            switch (e.getStatus().getCode()) {
                case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED ->
                    throw new Unavailable(settings.uri() + " does not answer: " + e.getMessage(), RETRY_AFTER, e);
                default ->
                    throw new UnusableMilvus(
                            settings.uri(), "refused: " + e.getMessage(), "a Milvus server that takes the token", e);
            }
        } catch (Refusal e) {
            if (e.isPassing()) {
                throw new Unavailable(settings.uri() + " is not ready: " + e.getMessage(), RETRY_AFTER, e);
            }
            throw new UnusableMilvus(
                    settings.uri(), "refused: " + e.getMessage(), "a Milvus server that takes the token", e);
        }
    }

    private static void ping(ManagedChannel channel, MilvusServiceBlockingStub stub) {
        // else it waits longer and longer before it tries to connect again
        channel.resetConnectBackoff();
        Refusal.check(stub.withDeadlineAfter(PING_DEADLINE.toNanos(), TimeUnit.NANOSECONDS)
                .getVersion(GetVersionRequest.getDefaultInstance())
                .getStatus());
    }

    private static ConnectConfig configuration(MilvusGallerySettings settings) {
        URI uri = URI.create(settings.uri());
        var builder = ConnectConfig.builder()
                .uri(settings.uri())
                .dbName(settings.database())
                .secure("https".equals(uri.getScheme()));
        settings.token().ifPresent(builder::token);
        settings.tls().ifPresent(tls -> {
            builder.serverName(tls.serverName().orElse(uri.getHost()));
            tls.client()
                    .ifPresentOrElse(
                            client -> builder.caPemPath(readable(tls.authorities()))
                                    .clientPemPath(readable(client.certificate()))
                                    .clientKeyPath(readable(client.key())),
                            () -> builder.serverPemPath(readable(tls.authorities())));
        });
        return builder.build();
    }

    private static String readable(Path file) {
        if (!Files.isReadable(file)) {
            throw new UnusableMilvus(file.toString(), "cannot be read", "a PEM file");
        }
        return file.toString();
    }

    private static ClientInterceptor deadline(Duration deadline) {
        return new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(
                    MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
                return next.newCall(method, options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS));
            }
        };
    }

    /** Begins to watch whether Milvus is there, as {@link Health#start} says. */
    void watch(BooleanSupplier recovered) {
        health.start(recovered);
    }

    ServerVersion version() {
        return version;
    }

    MilvusGallerySettings settings() {
        return settings;
    }

    boolean available() {
        return !closed && health.available();
    }

    /** @throws Unavailable if this was closed, or Milvus is away */
    void requireAvailable() {
        if (closed) {
            throw new Unavailable("the gallery store is closed", RETRY_AFTER);
        }
        health.requireAvailable();
    }

    /**
     * Asks Milvus, once.
     *
     * @throws Refusal if Milvus did not do it
     * @throws Unavailable if Milvus is away, or takes longer than the deadline; whether it did it is unknown then
     */
    <T> T call(Duration deadline, Call<T> call) {
        requireAvailable();
        return unwatched(deadline, call);
    }

    /** As {@link #call}, but also while Milvus counts as away: this is how one finds out that it no longer is. */
    <T> T unwatched(Duration deadline, Call<T> call) {
        try {
            return call.on(stub.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS));
        } catch (StatusRuntimeException e) {
            throw translated(e);
        }
    }

    /**
     * Has the SDK's client do something, once.
     *
     * @throws Refusal if Milvus did not do it
     * @throws Unavailable as {@link #call}
     */
    void administer(Consumer<MilvusClientV2> work) {
        requireAvailable();
        administerUnwatched(work);
    }

    /** As {@link #unwatched}. */
    void administerUnwatched(Consumer<MilvusClientV2> work) {
        try {
            work.accept(client);
        } catch (StatusRuntimeException e) {
            throw translated(e);
        } catch (MilvusClientException e) {
            if (e.getCause() instanceof StatusRuntimeException status) {
                throw translated(status);
            }
            if (e.getErrorCode() == ErrorCode.SERVER_ERROR) {
                throw Refusal.of(e.getServerErrCode(), String.valueOf(e.getMessage()));
            }
            throw new IllegalStateException("the Milvus SDK refused a call", e);
        }
    }

    private RuntimeException translated(StatusRuntimeException e) {
        String message = "Milvus: " + e.getMessage();
        switch (e.getStatus().getCode()) {
            case INVALID_ARGUMENT, OUT_OF_RANGE, RESOURCE_EXHAUSTED, UNIMPLEMENTED, FAILED_PRECONDITION -> {
                return new IllegalStateException(message, e);
            }
            case DEADLINE_EXCEEDED -> health.nudge(); // a slow call need not mean that Milvus is away
            case CANCELLED -> {
                if (Thread.currentThread().isInterrupted()) {
                    message = "interrupted while waiting for Milvus";
                }
            }
            case UNAUTHENTICATED, PERMISSION_DENIED -> LOG.log(Level.ERROR, message);
            default -> {
                if (!closed) {
                    health.lost(e);
                }
            }
        }
        return new Unavailable(message, RETRY_AFTER, e);
    }

    Unavailable unavailable(String what, Throwable cause) {
        return new Unavailable(what + ": " + cause.getMessage(), RETRY_AFTER, cause);
    }

    @Override
    public void close() {
        closed = true;
        health.close();
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
