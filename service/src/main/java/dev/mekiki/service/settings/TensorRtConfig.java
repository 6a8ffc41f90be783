package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** What only TensorRT knows; only where {@code mekiki.inference.providers} names it. */
@ConfigMapping(prefix = "mekiki.inference.tensorrt")
public interface TensorRtConfig {

    /**
     * Whether it may compute in float16 where that is faster. Vectors then differ by more than rounding from those of
     * float32: decide before a gallery is filled.
     */
    @WithDefault("false")
    boolean float16();

    /**
     * A folder that exists and can be written to, for engines and measured kernels. Left out: every start builds
     * engines anew, which takes minutes.
     */
    Optional<Path> cache();
}
