package dev.mekiki.service.settings;

import dev.mekiki.inference.session.ExecutionProvider;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/** How the model is run. The defaults are the measured best of machines without a GPU. */
@ConfigMapping(prefix = "mekiki.inference")
public interface InferenceConfig {

    /**
     * Execution providers in order of preference: {@code tensorrt}, {@code cuda}, {@code cpu}. The first two need
     * ONNX Runtime's GPU libraries, see {@code docs/gpu.md}, and are set up in {@code mekiki.inference.gpu}.
     */
    @WithDefault("cpu")
    List<ExecutionProvider> providers();

    /** Whether a provider that is not there is passed over, with a warning; otherwise the service does not start. */
    @WithDefault("false")
    boolean fallbackAllowed();

    /**
     * ONNX Runtime sessions side by side on each device, each with its own thread, at least 1. Left out: two on each
     * GPU where the first provider is a GPU's, so that one copies while the other computes; else one per processor, as
     * far as {@code mekiki.admission.max-requests} can keep them busy.
     */
    OptionalInt sessions();

    /** Threads within one run of the model, at least 1. */
    @WithDefault("1")
    int intraOpThreads();

    /** Batch sizes that are warmed and may be run, ascending. On a GPU, larger ones win: {@code 1,2,4,8,16,32,64}. */
    @WithDefault("1,2,3,4")
    List<Integer> batchSizes();

    /**
     * What 99 of 100 images may take from their bytes to their vector, whatever is asked. Batch size and delay follow
     * from it and from what batches are measured to cost, and an image that would take longer is refused at once with
     * {@code UNAVAILABLE} and a retry hint. 0 for none: the largest batch size and {@code mekiki.inference.max-delay}
     * hold, and images wait as long as there are places. The default lets 32 photographs of 12 megapixels wait on two
     * processors; where only scans come, a tenth of it is plenty.
     */
    @WithDefault("1s")
    Duration latencyBudget();

    /**
     * How long an image waits for companions while a session is idle, counted from the oldest one; 0 takes what there
     * is. 0 unless {@code mekiki.inference.latency-budget} is 0, and less than
     * {@code mekiki.admission.default-deadline}.
     */
    @WithDefault("0s")
    Duration maxDelay();

    /** Threads that decode and preprocess, at least 1. Left out: one per processor. */
    OptionalInt decodeThreads();
}
