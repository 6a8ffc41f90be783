package dev.mekiki.inference.session;

import java.util.HashSet;
import java.util.List;

/**
 * How a model is loaded.
 *
 * @param providers in order of preference, at least one
 * @param fallback whether a provider that cannot be used is passed over, with a warning; otherwise it is an error.
 *     Without fallback only the first provider counts
 * @param gpu for {@code TENSORRT} and {@code CUDA}
 * @param sessions how many run side by side on each device, each with a thread of its own, at least 1; the CPU counts
 *     as one device
 * @param intraOpThreads threads within one run, at least 1
 * @param batchSizes the sizes that are warmed and run, ascending
 */
public record SessionSettings(
        List<ExecutionProvider> providers,
        boolean fallback,
        GpuSettings gpu,
        int sessions,
        int intraOpThreads,
        List<Integer> batchSizes) {

    public SessionSettings {
        if (providers.isEmpty()) {
            throw new IllegalArgumentException("providers: none (expected: at least one of TENSORRT, CUDA, CPU)");
        }
        if (new HashSet<>(providers).size() < providers.size()) {
            throw new IllegalArgumentException("providers: " + providers + " (expected: each once)");
        }
        if (sessions < 1) {
            throw new IllegalArgumentException("sessions: " + sessions + " (expected: at least 1)");
        }
        if (intraOpThreads < 1) {
            throw new IllegalArgumentException("intraOpThreads: " + intraOpThreads + " (expected: at least 1)");
        }
        if (batchSizes.isEmpty()) {
            throw new IllegalArgumentException("batchSizes: none (expected: at least one)");
        }
        int previous = 0;
        for (int size : batchSizes) {
            if (size <= previous) {
                throw new IllegalArgumentException("batchSizes: " + batchSizes + " (expected: ascending, from 1)");
            }
            previous = size;
        }
        providers = List.copyOf(providers);
        batchSizes = List.copyOf(batchSizes);
    }

    /** On the CPU alone. */
    public static SessionSettings cpu(int sessions, int intraOpThreads, List<Integer> batchSizes) {
        return new SessionSettings(
                List.of(ExecutionProvider.CPU), false, GpuSettings.FIRST, sessions, intraOpThreads, batchSizes);
    }

    /** Sessions on all devices together; fewer only where the GPUs' providers are passed over. */
    public int allSessions() {
        return providers.getFirst() == ExecutionProvider.CPU
                ? sessions
                : sessions * gpu.devices().size();
    }
}
