package dev.mekiki.service.settings;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How much is taken at once; what is beyond is refused at once with {@code UNAVAILABLE} and a retry hint. */
@ConfigMapping(prefix = "mekiki.admission")
public interface AdmissionConfig {

    /**
     * Most requests under way, waiting ones included; at least the sessions on all devices times the largest of
     * {@code mekiki.inference.batch-sizes}.
     */
    @WithDefault("256")
    int maxRequests();

    /**
     * Most bytes of request messages that are held at once, those still arriving included: at least
     * {@code mekiki.image.max-bytes} and 2 MiB, at most a quarter of the heap, because the network's buffers that hold
     * a part of a message may be several times as large as the part. Left out: an eighth of the heap, at most 256 MiB,
     * at least what one message needs.
     */
    Optional<MemorySize> maxRequestBytes();

    /** What a refused caller is told to wait; more than 0. */
    @WithDefault("500ms")
    Duration retryAfter();

    /** Questions of one {@code RecognizeStream} under way, 1..{@code mekiki.admission.max-requests}. */
    @WithDefault("32")
    int maxInFlightPerStream();

    /** Deadline of requests that come without one: how long they may wait before they are dropped; more than 0. */
    @WithDefault("30s")
    Duration defaultDeadline();
}
