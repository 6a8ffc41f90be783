package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Tokens (JWT) of an OpenID Connect provider; callers with a {@code token} in {@code mekiki.access.file} show them. */
@ConfigMapping(prefix = "mekiki.access.tokens")
public interface TokenConfig {

    /** Who must have issued them: their claim {@code iss}. Left out: no tokens are taken. */
    Optional<String> issuer();

    /** Whom they must be meant for: of their claim {@code aud}. */
    Optional<String> audience();

    /**
     * The provider's public keys (JWKS): a file, or an address, its {@code jwks_uri}, with https unless it is of this
     * machine.
     */
    Optional<String> keys();

    /** How often the keys are read; a token of an unknown key has them read at once. At least 1s. */
    @WithDefault("5m")
    Duration refreshInterval();
}
