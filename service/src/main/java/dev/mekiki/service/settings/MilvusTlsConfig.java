package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What TLS to Milvus trusts and shows; only where {@code mekiki.gallery.milvus.uri} is {@code https}. Left out: what the
 * Java platform trusts.
 */
@ConfigMapping(prefix = "mekiki.gallery.milvus.tls")
public interface MilvusTlsConfig {

    /** Certificates of the authorities that Milvus' certificate comes from (PEM). Required by the following ones. */
    Optional<Path> authorities();

    /** The name in Milvus' certificate, where it is not the host of the URI. */
    Optional<String> serverName();

    /** What the service shows, where Milvus asks for it (PEM); together with {@code key}. */
    Optional<Path> certificate();

    /** The key of {@code certificate} (PKCS #8, PEM). */
    Optional<Path> key();
}
