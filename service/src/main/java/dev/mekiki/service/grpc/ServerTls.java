package dev.mekiki.service.grpc;

import dev.mekiki.service.settings.ServerTlsConfig;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What the gRPC server shows and whom it trusts, from files that are read again when they change. */
final class ServerTls implements AutoCloseable {

    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("tls-files").factory());
    private final SslContext context;

    /**
     * Reads the files.
     *
     * @throws IllegalStateException if they cannot be read, or are not what they should be; the message says which
     */
    ServerTls(Path certificate, Path key, ServerTlsConfig config) {
        try {
            SslContextBuilder builder =
                    GrpcSslContexts.configure(SslContextBuilder.forServer(shown(certificate, key, config)));
            Optional<Path> authorities = config.clientAuthorities();
            if (authorities.isPresent()) {
                builder.trustManager(trusted(authorities.get(), config)).clientAuth(ClientAuth.REQUIRE);
            }
            context = builder.build();
        } catch (IOException e) {
            reader.shutdownNow();
            throw new IllegalStateException("TLS of the gRPC server cannot be set up: " + e.getMessage(), e);
        }
    }

    private AdvancedTlsX509KeyManager shown(Path certificate, Path key, ServerTlsConfig config) {
        AdvancedTlsX509KeyManager shown = new AdvancedTlsX509KeyManager();
        try {
            shown.updateIdentityCredentials(
                    certificate.toFile(),
                    key.toFile(),
                    config.reloadInterval().toMillis(),
                    TimeUnit.MILLISECONDS,
                    reader);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw unusable("mekiki.server.tls.certificate, mekiki.server.tls.key: " + certificate + ", " + key, e);
        }
        return shown;
    }

    private AdvancedTlsX509TrustManager trusted(Path authorities, ServerTlsConfig config) {
        try {
            // A client has no name to be verified.
            AdvancedTlsX509TrustManager trusted = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build();
            trusted.updateTrustCredentials(
                    authorities.toFile(), config.reloadInterval().toMillis(), TimeUnit.MILLISECONDS, reader);
            return trusted;
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw unusable("mekiki.server.tls.client-authorities: " + authorities, e);
        }
    }

    private IllegalStateException unusable(String files, Exception e) {
        reader.shutdownNow();
        return new IllegalStateException(files + ": " + e.getMessage() + " (expected: PEM files that go together)", e);
    }

    SslContext context() {
        return context;
    }

    /** Reads files no more. */
    @Override
    public void close() {
        reader.shutdownNow();
    }
}
