package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * TLS of the gRPC server; the HTTP server, which has health and metrics only, stays without. Left out: plaintext. Files that
 * change are read again; while they cannot be read or do not go together, what was read last stays.
 */
@ConfigMapping(prefix = "mekiki.server.tls")
public interface ServerTlsConfig {

    /** What the service shows (PEM, with the certificates between it and its authority); together with {@code key}. */
    Optional<Path> certificate();

    /** The key of {@code certificate} (PKCS #8, PEM). */
    Optional<Path> key();

    /**
     * Certificates of authorities (PEM). Whoever shows no certificate of theirs gets no connection; so the service may
     * then listen where other machines reach it. Left out: whoever reaches it gets a connection.
     */
    Optional<Path> clientAuthorities();

    /** How often it is looked whether files have changed; at least 1s. */
    @WithDefault("1m")
    Duration reloadInterval();
}
