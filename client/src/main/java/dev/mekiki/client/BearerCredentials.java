package dev.mekiki.client;

import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * Shows an API key or a token with every call ({@code authorization: Bearer}, RFC 6750). Give it to a connection together
 * with {@link io.grpc.CompositeChannelCredentials}; without TLS, whoever hears the call can do what the caller may.
 * Thread-safe.
 */
public final class BearerCredentials extends CallCredentials {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** Where a secret comes from. */
    private interface Source {
        String read() throws IOException;
    }

    private final Source source;

    private BearerCredentials(Source source) {
        this.source = source;
    }

    /** Always the same secret. */
    public static BearerCredentials of(String secret) {
        return new BearerCredentials(() -> secret);
    }

    /**
     * The secret in a file, without the white space around it; read for every call, so that one which is renewed there is
     * shown at once. A call for which it cannot be read fails with {@code UNAUTHENTICATED}.
     */
    public static BearerCredentials ofFile(Path file) {
        return new BearerCredentials(() -> Files.readString(file).strip());
    }

    @Override
    public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
        executor.execute(() -> {
            try {
                Metadata headers = new Metadata();
                headers.put(AUTHORIZATION, "Bearer " + source.read());
                applier.apply(headers);
            } catch (IOException | RuntimeException e) {
                applier.fail(Status.UNAUTHENTICATED
                        .withDescription("the API key or token cannot be read: " + e)
                        .withCause(e));
            }
        });
    }

    /** Nothing of the secret. */
    @Override
    public String toString() {
        return "bearer credentials";
    }
}
