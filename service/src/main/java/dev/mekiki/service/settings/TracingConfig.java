package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.util.Optional;

/**
 * Where the traces of calls go: one span for each call, and one for each stage that its image went through. Images,
 * vectors, labels and callers are never in them. See {@code docs/kubernetes.md}.
 */
@ConfigMapping(prefix = "mekiki.tracing")
public interface TracingConfig {

    /**
     * URL of a collector that takes OTLP over HTTP, for example {@code http://collector:4318/v1/traces}. Left out: no
     * traces; the ids of callers' traces are in the log all the same.
     */
    Optional<URI> endpoint();

    /** Which share of the calls is traced where the caller's trace does not say, 0..1. */
    @WithDefault("0.01")
    double share();
}
