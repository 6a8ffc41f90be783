package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What is kept of decisions, so that people can ask what moved: counts by the hour of the last two days and by the day
 * before that, for each of the first 64 galleries; no images, vectors or callers. See {@code docs/analysis.md}.
 */
@ConfigMapping(prefix = "mekiki.drift")
public interface DriftConfig {

    /**
     * Directory of the counts, created if it is not there; a file of at most a few megabytes for each gallery, written
     * at most once a minute and when the service stops. A file that is damaged is put aside. One process at a time may
     * have it open: services that share galleries in Milvus need one each. Left out: counts are only in memory, and gone
     * when the service stops.
     */
    Optional<Path> directory();

    /** How long counts are kept, {@code 2d} to {@code 366d}. */
    @WithDefault("35d")
    Duration retention();
}
