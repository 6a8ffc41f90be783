package dev.mekiki.client;

import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.GalleriesGrpc.GalleriesBlockingStub;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.LabelsGrpc.LabelsBlockingStub;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognitionGrpc.RecognitionBlockingStub;
import dev.mekiki.v1.RecognitionGrpc.RecognitionFutureStub;
import dev.mekiki.v1.RegistrationsGrpc;
import dev.mekiki.v1.RegistrationsGrpc.RegistrationsBlockingStub;
import dev.mekiki.v1.RegistrationsGrpc.RegistrationsStub;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** One channel to one service; every call made through it has a deadline, streams aside. Thread-safe. */
public final class Connection implements AutoCloseable {

    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:/\\s]+):[0-9]{1,5}");

    /** A page of a thousand registrations with vectors of some thousand dimensions. */
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    private final ManagedChannel channel;
    private final Duration timeout;

    /**
     * @param channel closed with this connection
     * @param timeout the deadline of each call, from the moment that its stub is asked for
     */
    public Connection(ManagedChannel channel, Duration timeout) {
        this.channel = channel;
        this.timeout = timeout;
    }

    /**
     * A plaintext connection; nothing is sent before the first call.
     *
     * @param target {@code host:port}
     * @throws IllegalArgumentException if the target is something else
     */
    public static Connection to(String target, Duration timeout) {
        return to(target, timeout, InsecureChannelCredentials.create());
    }

    /**
     * A connection; nothing is sent before the first call.
     *
     * @param target {@code host:port}
     * @param credentials {@link io.grpc.TlsChannelCredentials} for TLS, with a certificate of one's own where the service
     *     wants to see one
     * @throws IllegalArgumentException if the target is something else
     */
    public static Connection to(String target, Duration timeout, ChannelCredentials credentials) {
        if (!HOST_AND_PORT.matcher(target).matches()) {
            throw new IllegalArgumentException("target: \"" + target + "\" (expected: host:port)");
        }
        return new Connection(
                Grpc.newChannelBuilder(target, credentials)
                        .maxInboundMessageSize(MAX_ANSWER_BYTES)
                        .build(),
                timeout);
    }

    public GalleriesBlockingStub galleries() {
        return GalleriesGrpc.newBlockingStub(channel).withDeadlineAfter(timeout);
    }

    public RegistrationsBlockingStub registrations() {
        return RegistrationsGrpc.newBlockingStub(channel).withDeadlineAfter(timeout);
    }

    /** For streams; these have no deadline. */
    public RegistrationsStub registrationStreams() {
        return RegistrationsGrpc.newStub(channel);
    }

    public LabelsBlockingStub labels() {
        return LabelsGrpc.newBlockingStub(channel).withDeadlineAfter(timeout);
    }

    public RecognitionBlockingStub recognition() {
        return RecognitionGrpc.newBlockingStub(channel).withDeadlineAfter(timeout);
    }

    /** For several calls in flight. */
    public RecognitionFutureStub recognitionInFlight() {
        return RecognitionGrpc.newFutureStub(channel).withDeadlineAfter(timeout);
    }

    public ManagedChannel channel() {
        return channel;
    }

    /** Abandons calls that are under way. */
    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
