package dev.mekiki.inference.session;

import java.util.List;

/**
 * How a model is loaded.
 *
 * @param providers in order of preference, at least one
 * @param fallback whether a provider that cannot be used is passed over, with a warning; otherwise it is an error.
 *     Without fallback only the first provider counts
 * @param gpu index of the device for {@code TENSORRT} and {@code CUDA}, at least 0
 * @param sessions how many run side by side, each with a thread of its own, at least 1
 * @param intraOpThreads threads within one run, at least 1
 * @param batchSizes the sizes that are warmed and run, ascending
 */
public record SessionSettings(
        List<ExecutionProvider> providers,
        boolean fallback,
        int gpu,
        int sessions,
        int intraOpThreads,
        List<Integer> batchSizes) {

    public SessionSettings {
        if (providers.isEmpty()) {
            throw new IllegalArgumentException("providers: none (expected: at least one of TENSORRT, CUDA, CPU)");
        }
        if (gpu < 0) {
            throw new IllegalArgumentException("gpu: " + gpu + " (expected: at least 0)");
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
}
