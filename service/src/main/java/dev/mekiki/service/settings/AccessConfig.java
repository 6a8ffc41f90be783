package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Who may call the service. */
@ConfigMapping(prefix = "mekiki.access")
public interface AccessConfig {

    /**
     * Callers, tenants and what they may do (YAML, see [security](security.md)). Read again when it changes; while it
     * cannot be used, what was read last stays. Left out: whoever reaches the service may do everything.
     */
    Optional<Path> file();

    /** How often it is looked whether the file has changed; at least 1s. */
    @WithDefault("10s")
    Duration reloadInterval();
}
