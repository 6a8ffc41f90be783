package dev.mekiki.inference;

import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.session.SessionSettings;
import java.time.Duration;
import java.util.stream.IntStream;

/**
 * How images are embedded. Impossible values and relations throw {@link IllegalArgumentException}.
 *
 * @param limits the largest image that is decoded
 * @param decodeThreads threads that decode and preprocess, at least 1
 * @param maxInFlight most images between {@code embed} and their vector, at least all sessions × largest batch size; the
 *     next one is refused
 * @param maxInFlightBytes most bytes that those images' files may hold together, at least {@code limits.maxBytes}
 * @param session how the model is loaded, and on how many threads it runs
 * @param maxDelay how long an image waits for companions while a session is idle; zero to take what there is, or to
 *     have it follow from {@code latencyBudget}
 * @param latencyBudget what the 99th percentile of the time from {@code embed} to the vector must not exceed, whatever
 *     is asked: batch size and delay follow from it, and images that would take longer are refused; zero for none,
 *     which takes the largest batch size and {@code maxDelay}
 */
public record InferenceSettings(
        ImageLimits limits,
        int decodeThreads,
        int maxInFlight,
        long maxInFlightBytes,
        SessionSettings session,
        Duration maxDelay,
        Duration latencyBudget) {

    public InferenceSettings {
        if (decodeThreads < 1) {
            throw new IllegalArgumentException("decodeThreads: " + decodeThreads + " (expected: at least 1)");
        }
        int busy = session.allSessions() * session.batchSizes().getLast();
        if (maxInFlight < busy) {
            throw new IllegalArgumentException("maxInFlight: " + maxInFlight + " (expected: at least " + busy
                    + ", all sessions times largest batch size)");
        }
        if (maxInFlightBytes < limits.maxBytes()) {
            throw new IllegalArgumentException("maxInFlightBytes: " + maxInFlightBytes + " (expected: at least "
                    + limits.maxBytes() + ", the largest file allowed)");
        }
        if (maxDelay.isNegative()) {
            throw new IllegalArgumentException("maxDelay: " + maxDelay + " (expected: zero or more)");
        }
        if (latencyBudget.isNegative()) {
            throw new IllegalArgumentException("latencyBudget: " + latencyBudget + " (expected: zero or more)");
        }
        if (latencyBudget.isPositive() && maxDelay.isPositive()) {
            throw new IllegalArgumentException("maxDelay: " + maxDelay
                    + " (expected: zero, as the delay follows from the latency budget of " + latencyBudget + ")");
        }
    }

    /**
     * For a machine without a GPU: a session of one thread per core, batches of 1 to 4, no delay, no budget.
     *
     * <p>Measured with an LCNet-0.5 of 128×128 on two x86 cores: two sessions of one thread give 1.5 times the images
     * of one session of two threads. An image in a batch of 4 takes 0.68 of the processor time of one alone, in a batch
     * of 8 or 16 no less, in a batch of 32 as much as alone, since the activations no longer fit the cache. Waiting for
     * companions gains nothing: under load they gather while the sessions are busy.
     *
     * @param cores processors to use, at least 1
     */
    public static InferenceSettings forCpu(int cores) {
        return new InferenceSettings(
                ImageLimits.DEFAULT,
                cores,
                Math.max(256, 8 * cores),
                256L << 20,
                SessionSettings.cpu(
                        cores, 1, IntStream.rangeClosed(1, 4).boxed().toList()),
                Duration.ZERO,
                Duration.ZERO);
    }

    public InferenceSettings withLimits(ImageLimits limits) {
        return new InferenceSettings(
                limits, decodeThreads, maxInFlight, maxInFlightBytes, session, maxDelay, latencyBudget);
    }

    public InferenceSettings withDecodeThreads(int decodeThreads) {
        return new InferenceSettings(
                limits, decodeThreads, maxInFlight, maxInFlightBytes, session, maxDelay, latencyBudget);
    }

    public InferenceSettings withMaxInFlight(int maxInFlight) {
        return new InferenceSettings(
                limits, decodeThreads, maxInFlight, maxInFlightBytes, session, maxDelay, latencyBudget);
    }

    public InferenceSettings withSession(SessionSettings session) {
        return new InferenceSettings(
                limits, decodeThreads, maxInFlight, maxInFlightBytes, session, maxDelay, latencyBudget);
    }

    public InferenceSettings withLatencyBudget(Duration latencyBudget) {
        return new InferenceSettings(
                limits, decodeThreads, maxInFlight, maxInFlightBytes, session, maxDelay, latencyBudget);
    }
}
