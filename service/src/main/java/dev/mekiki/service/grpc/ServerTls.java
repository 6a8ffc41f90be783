package dev.mekiki.service.grpc;

import dev.mekiki.service.settings.ServerTlsConfig;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.grpc.util.CertificateUtils;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * What the gRPC server shows and whom it trusts, from files that are read again when they change. gRPC's own reading would
 * not look more than once a minute.
 */
final class ServerTls implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(ServerTls.class);
    private static final byte[] NOTHING = {};
    private static final byte[] PROOF = {1};

    private final Path certificate;
    private final Path key;
    private final Optional<Path> authorities;
    private final AdvancedTlsX509KeyManager shown = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trusted;
    private final SslContext context;
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("tls-files").factory());

    // As read last; the constructor's thread first, the reader's then.
    private byte[] certificateRead = NOTHING;
    private byte[] keyRead = NOTHING;
    private byte[] authoritiesRead = NOTHING;

    /**
     * Reads the files.
     *
     * @throws IllegalStateException if they cannot be read, or are not what they should be; the message says which
     */
    ServerTls(Path certificate, Path key, ServerTlsConfig config) {
        this.certificate = certificate;
        this.key = key;
        this.authorities = config.clientAuthorities();
        try {
            // A client has no name to be verified.
            trusted = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build();
            SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forServer(shown));
            if (authorities.isPresent()) {
                builder.trustManager(trusted).clientAuth(ClientAuth.REQUIRE);
            }
            context = builder.build();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("TLS of the gRPC server cannot be set up: " + e.getMessage(), e);
        }
        readShown();
        readTrusted();
        long interval = config.reloadInterval().toMillis();
        reader.scheduleWithFixedDelay(this::readAgain, interval, interval, TimeUnit.MILLISECONDS);
    }

    private void readAgain() {
        try {
            readShown();
            readTrusted();
        } catch (IllegalStateException e) {
            LOG.warn("What was read last stays", e);
        }
    }

    private void readShown() {
        try {
            byte[] certificateNow = Files.readAllBytes(certificate);
            byte[] keyNow = Files.readAllBytes(key);
            if (!Arrays.equals(certificateNow, certificateRead) || !Arrays.equals(keyNow, keyRead)) {
                X509Certificate[] chain =
                        CertificateUtils.getX509Certificates(new ByteArrayInputStream(certificateNow));
                PrivateKey secret = CertificateUtils.getPrivateKey(new ByteArrayInputStream(keyNow));
                requireTogether(chain, secret);
                shown.updateIdentityCredentials(chain, secret);
                certificateRead = certificateNow;
                keyRead = keyNow;
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw unusable("mekiki.server.tls.certificate, mekiki.server.tls.key: " + certificate + ", " + key, e);
        }
    }

    /** One of them may be new while somebody is about to write the other one. */
    private static void requireTogether(X509Certificate[] chain, PrivateKey secret) throws GeneralSecurityException {
        if (chain.length == 0) {
            throw new CertificateException("no certificate");
        }
        Signature signature = Signature.getInstance(
                switch (secret.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> secret.getAlgorithm();
                });
        signature.initSign(secret);
        signature.update(PROOF);
        byte[] signed = signature.sign();
        signature.initVerify(chain[0].getPublicKey());
        signature.update(PROOF);
        if (!signature.verify(signed)) {
            throw new CertificateException("the key is not that of the certificate");
        }
    }

    private void readTrusted() {
        if (authorities.isEmpty()) {
            return;
        }
        try {
            byte[] now = Files.readAllBytes(authorities.get());
            if (!Arrays.equals(now, authoritiesRead)) {
                trusted.updateTrustCredentials(authorities.get().toFile());
                authoritiesRead = now;
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw unusable("mekiki.server.tls.client-authorities: " + authorities.get(), e);
        }
    }

    private static IllegalStateException unusable(String files, Exception e) {
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
