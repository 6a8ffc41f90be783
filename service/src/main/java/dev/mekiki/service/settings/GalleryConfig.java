package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Where registrations are kept. */
@ConfigMapping(prefix = "mekiki.gallery")
public interface GalleryConfig {

    /** Where galleries can be. */
    enum Backend {
        EMBEDDED,
        MILVUS
    }

    /**
     * {@code embedded}: in this process, on one machine. {@code milvus}: in Milvus, for millions of registrations; see
     * {@code mekiki.gallery.milvus}.
     */
    @WithDefault("embedded")
    Backend backend();

    /** Directory of the embedded galleries; created if it is not there. One process at a time may have it open. */
    @WithDefault("mekiki-galleries")
    Path directory();

    /**
     * Threads that look up and store, at least 1. Registrations made at the same time share the cost of becoming
     * durable, so more of them than there are processors is right. Left out: 8, or twice the processors if that is
     * more.
     */
    OptionalInt threads();
}
