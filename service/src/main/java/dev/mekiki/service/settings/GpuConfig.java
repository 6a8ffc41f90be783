package dev.mekiki.service.settings;

import dev.mekiki.inference.session.GpuSettings.ArenaGrowth;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** Which GPUs are used and how much of them; only where {@code mekiki.inference.providers} names a GPU's. */
@ConfigMapping(prefix = "mekiki.inference.gpu")
public interface GpuConfig {

    /**
     * Indexes of the GPUs as CUDA counts them, separated by commas, each once. Each runs as many sessions as
     * {@code mekiki.inference.sessions} says. Left out: the first one, 0.
     */
    Optional<List<Integer>> devices();

    /**
     * What the memory arena of one session may take, for example {@code 2G}; with TensorRT also what the workspace of
     * its engine may take. The weights of engines, and some hundred megabytes of CUDA itself on each GPU, come on top.
     * Left out: as much as there is.
     */
    Optional<MemorySize> memoryLimit();

    /**
     * {@code next-power-of-two}: an arena that is full grows by twice as much as before. {@code same-as-requested}: by
     * what is missing, so that none of it stays unused where memory is short.
     */
    @WithDefault("next-power-of-two")
    ArenaGrowth arenaGrowth();
}
