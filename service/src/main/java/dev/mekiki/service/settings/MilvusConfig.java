package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** The Milvus that galleries are in, where {@code mekiki.gallery.backend} is {@code milvus}. */
@ConfigMapping(prefix = "mekiki.gallery.milvus")
public interface MilvusConfig {

    /** {@code http://HOST:PORT}, or {@code https://HOST:PORT} for TLS; required. */
    Optional<String> uri();

    /** {@code USER:PASSWORD} or an API key. Left out: Milvus asks for none. */
    Optional<String> token();

    /** A Milvus database that exists. */
    @WithDefault("default")
    String database();

    /**
     * Begins the names of all collections and aliases: 1..32 lower-case letters and digits, beginning with a letter.
     * Services with different prefixes share a database without seeing each other's galleries.
     */
    @WithDefault("mekiki")
    String prefix();

    /** Shards of galleries that are created, 1..16: how many streams of changes Milvus handles at once. */
    @WithDefault("1")
    int shards();

    /** Nearest registrations that a look-up brings and scores exactly, however few were asked for, 1..10000. */
    @WithDefault("32")
    int overFetch();

    /**
     * Candidates that a look-up considers: ef of a graph, a sixteenth of it lists; 1..32768. More find better and make
     * looking up slower.
     */
    @WithDefault("64")
    int breadth();

    /** How long Milvus may take for a look-up, 10ms..10m. */
    @WithDefault("5s")
    Duration lookUpDeadline();

    /** How long Milvus may take for a change, or for work on the catalogue, 10ms..60m. */
    @WithDefault("60s")
    Duration changeDeadline();

    /**
     * How long what another process did to the catalogue, or a label's first sub-label, may go unnoticed, 0s..10m.
     */
    @WithDefault("1s")
    Duration staleness();
}
