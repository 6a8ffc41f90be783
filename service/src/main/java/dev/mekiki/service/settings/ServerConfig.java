package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How the service behaves towards the world around it. */
@ConfigMapping(prefix = "mekiki.server")
public interface ServerConfig {

    /**
     * Whether {@code quarkus.grpc.server.host} and {@code quarkus.http.host} may be reachable from other machines.
     * TLS with {@code mekiki.server.tls.client-authorities} or {@code mekiki.access.file} allows it by itself; this is
     * for networks where everybody may do, or hear, everything.
     */
    @WithDefault("false")
    boolean insecureListenAllowed();

    /** How long requests that were taken may take to finish after the service was told to stop; 0 or more. */
    @WithDefault("30s")
    Duration drainTimeout();

    /**
     * After how long a gRPC connection takes no new calls, a tenth more or less by chance, at least 1s; calls and streams
     * under way go on. Clients that balance by themselves look for addresses anew then, and find replicas that were
     * added. Left out: connections last.
     */
    Optional<Duration> maxConnectionAge();

    /**
     * Examine what the service needs, say of everything how it is and what helps, and end: with exit code 0, or 1 if
     * something keeps it from working. Nothing is served meanwhile. This is {@code ./mekiki doctor}.
     */
    @WithDefault("false")
    boolean examine();
}
