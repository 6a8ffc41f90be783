package dev.mekiki.service.settings;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The largest image that is taken; all of it is checked before the image is decoded. */
@ConfigMapping(prefix = "mekiki.image")
public interface ImageConfig {

    /** Size of the file, for example {@code 20M}; at least 1 byte and at most 1 GiB. */
    @WithDefault("20M")
    MemorySize maxBytes();

    /** Columns times rows, at least 1. */
    @WithDefault("64000000")
    long maxPixels();

    /** Columns or rows, 1..65535. */
    @WithDefault("16384")
    int maxSide();
}
