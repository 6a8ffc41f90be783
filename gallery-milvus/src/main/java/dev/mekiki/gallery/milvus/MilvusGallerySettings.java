package dev.mekiki.gallery.milvus;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which Milvus a {@link MilvusGallery} uses, and how.
 *
 * @param uri {@code http://HOST:PORT}, or {@code https://HOST:PORT} for TLS
 * @param token {@code USER:PASSWORD} or an API key; empty where Milvus asks for none
 * @param tls certificates, where those of the Java platform are not what TLS needs
 * @param database a Milvus database that exists
 * @param prefix begins the names of all collections and aliases; 1..32 lower-case letters and digits, beginning with a
 *     letter. Services with different prefixes share a database without seeing each other's galleries.
 * @param index of the galleries that are created; existing ones must have it, too, unless it is automatic
 * @param shards of the collections that are created, 1..16: how many streams of changes Milvus handles at once
 * @param overFetch nearest registrations that a search brings, however few were asked for, 1..10,000
 * @param breadth candidates that a search of the index looks at: ef of a graph, a sixteenth of it lists; 1..32,768; more
 *     find better and make looking up slower
 * @param lookUpDeadline how long Milvus may take for a look-up
 * @param changeDeadline how long Milvus may take for a change, or for work on the catalogue
 * @param staleness how long what another process did to the catalogue, or a label's first sub-label, may go unnoticed
 */
public record MilvusGallerySettings(
        String uri,
        Optional<String> token,
        Optional<Tls> tls,
        String database,
        String prefix,
        VectorIndex index,
        int shards,
        int overFetch,
        int breadth,
        Duration lookUpDeadline,
        Duration changeDeadline,
        Duration staleness) {

    private static final Pattern PREFIX = Pattern.compile("[a-z][a-z0-9]{0,31}");

    /**
     * What TLS is to trust and to show.
     *
     * @param authorities certificates of the authorities that Milvus' certificate comes from (PEM)
     * @param serverName the name in Milvus' certificate, where it is not the host of the URI
     * @param client what this side shows, where Milvus asks for it
     */
    public record Tls(Path authorities, Optional<String> serverName, Optional<ClientCertificate> client) {}

    /**
     * What a client shows to Milvus.
     *
     * @param certificate PEM
     * @param key PKCS #8, PEM
     */
    public record ClientCertificate(Path certificate, Path key) {}

    /** @throws IllegalArgumentException if something is out of its range */
    public MilvusGallerySettings {
        requireUri(uri);
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("prefix: \"" + prefix
                    + "\" (expected: 1..32 lower-case letters and digits, beginning with a letter)");
        }
        if (database.isBlank()) {
            throw new IllegalArgumentException("database: blank (expected: a name; Milvus' own is \"default\")");
        }
        requireWithin("shards", shards, 1, 16);
        requireWithin("overFetch", overFetch, 1, 10_000);
        requireWithin("breadth", breadth, 1, 32_768);
        requireWithin("lookUpDeadline", lookUpDeadline, Duration.ofMillis(10), Duration.ofMinutes(10));
        requireWithin("changeDeadline", changeDeadline, Duration.ofMillis(10), Duration.ofMinutes(60));
        requireWithin("staleness", staleness, Duration.ZERO, Duration.ofMinutes(10));
    }

    /** The measured defaults. */
    public static MilvusGallerySettings at(String uri) {
        return new MilvusGallerySettings(
                uri,
                Optional.empty(),
                Optional.empty(),
                "default",
                "mekiki",
                new VectorIndex.Automatic(),
                1,
                32,
                64,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60),
                Duration.ofSeconds(1));
    }

    public MilvusGallerySettings withToken(String newToken) {
        return new MilvusGallerySettings(
                uri,
                Optional.of(newToken),
                tls,
                database,
                prefix,
                index,
                shards,
                overFetch,
                breadth,
                lookUpDeadline,
                changeDeadline,
                staleness);
    }

    public MilvusGallerySettings withTls(Tls newTls) {
        return new MilvusGallerySettings(
                uri,
                token,
                Optional.of(newTls),
                database,
                prefix,
                index,
                shards,
                overFetch,
                breadth,
                lookUpDeadline,
                changeDeadline,
                staleness);
    }

    public MilvusGallerySettings withNames(String newDatabase, String newPrefix) {
        return new MilvusGallerySettings(
                uri,
                token,
                tls,
                newDatabase,
                newPrefix,
                index,
                shards,
                overFetch,
                breadth,
                lookUpDeadline,
                changeDeadline,
                staleness);
    }

    public MilvusGallerySettings withIndex(VectorIndex newIndex, int newShards) {
        return new MilvusGallerySettings(
                uri,
                token,
                tls,
                database,
                prefix,
                newIndex,
                newShards,
                overFetch,
                breadth,
                lookUpDeadline,
                changeDeadline,
                staleness);
    }

    public MilvusGallerySettings withSearch(int newOverFetch, int newBreadth) {
        return new MilvusGallerySettings(
                uri,
                token,
                tls,
                database,
                prefix,
                index,
                shards,
                newOverFetch,
                newBreadth,
                lookUpDeadline,
                changeDeadline,
                staleness);
    }

    public MilvusGallerySettings withDurations(
            Duration newLookUpDeadline, Duration newChangeDeadline, Duration newStaleness) {
        return new MilvusGallerySettings(
                uri,
                token,
                tls,
                database,
                prefix,
                index,
                shards,
                overFetch,
                breadth,
                newLookUpDeadline,
                newChangeDeadline,
                newStaleness);
    }

    /** As the record's own, but for the token, which is nobody's business. */
    @Override
    public String toString() {
        return "MilvusGallerySettings[uri=" + uri + ", database=" + database + ", prefix=" + prefix + ", index=" + index
                + ", shards=" + shards + ", overFetch=" + overFetch + ", breadth=" + breadth + ", lookUpDeadline="
                + lookUpDeadline + ", changeDeadline=" + changeDeadline + ", staleness=" + staleness + "]";
    }

    private static void requireUri(String uri) {
        try {
            URI parsed = URI.create(uri);
            if (("http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme())) && parsed.getHost() != null) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // refused like any other text that is no such address
        }
        throw new IllegalArgumentException(
                "uri: \"" + uri + "\" (expected: http://HOST:PORT, or https://HOST:PORT for TLS)");
    }

    static void requireWithin(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }

    private static void requireWithin(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }
}
