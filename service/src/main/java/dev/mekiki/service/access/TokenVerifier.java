package dev.mekiki.service.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.BadJWSException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.JWTProcessor;
import dev.mekiki.core.failure.Unauthenticated;
import dev.mekiki.core.failure.Unavailable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens (JWT, RFC 7519) with the public keys of their issuer. Keys are read on a thread of its own, so that no
 * call waits for them. Thread-safe.
 */
public final class TokenVerifier implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(TokenVerifier.class);

    private static final int MOST_KEY_BYTES = 1 << 20;
    private static final int MOST_REMEMBERED = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** So that tokens of made-up keys do not have the issuer asked again and again. */
    private static final Duration SOONEST_REFRESH = Duration.ofSeconds(5);

    /**
     * Which tokens are taken.
     *
     * @param issuer their {@code iss}
     * @param audience in their {@code aud}
     * @param keys the issuer's JWKS: a file or an address
     * @param refreshInterval how often those are read
     */
    public record Rules(String issuer, String audience, String keys, Duration refreshInterval) {}

    /**
     * What a good token says.
     *
     * @param claims by name
     * @param expires from when on it says nothing
     */
    record Verified(Map<String, Object> claims, Instant expires) {}

    /** The issuer's keys, and what verifies with them. */
    private record Keys(JWKSet set, JWTProcessor<SecurityContext> processor) {}

    /**
     * What is where an issuer's keys should be.
     *
     * @param keys how many
     * @param time of the machine that has them; empty for a file, or if it does not say
     */
    public record Source(int keys, Optional<Instant> time) {}

    private final Rules rules;
    private final InstantSource clock;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("mekiki-token-keys").factory());
    private final AtomicLong askedNanos = new AtomicLong(System.nanoTime() - SOONEST_REFRESH.toNanos());

    /** Null until they were read once. */
    private volatile @Nullable Keys keys;

    private String keysRead = "";

    /** By the token's hash; verifying a signature costs much more. */
    private final Map<String, Verified> remembered = new ConcurrentHashMap<>();

    /** @param clock says which tokens are valid now */
    public TokenVerifier(Rules rules, InstantSource clock) {
        this.rules = rules;
        this.clock = clock;
        long interval = rules.refreshInterval().toMillis();
        reader.scheduleWithFixedDelay(this::readKeys, 0, interval, TimeUnit.MILLISECONDS);
    }

    /**
     * What a token says.
     *
     * @throws Unauthenticated if it is not a good one
     * @throws Unavailable if that cannot be said before the keys are read
     */
    Verified verify(String token) {
        String hash = AccessList.hash(token);
        Verified known = remembered.get(hash);
        if (known != null && clock.instant().isBefore(known.expires())) {
            return known;
        }
        Keys by = keys;
        if (by == null) {
            throw new Unavailable("the keys of tokens are not there yet", RETRY);
        }
        Verified verified = verified(by, token);
        if (remembered.size() >= MOST_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(hash, verified);
        return verified;
    }

    private Verified verified(Keys by, String text) {
        try {
            if (!(JWTParser.parse(text) instanceof SignedJWT token)) {
                throw new Unauthenticated("token: not signed", expected());
            }
            String keyId = token.getHeader().getKeyID();
            if (keyId != null && by.set.getKeyByKeyId(keyId) == null && readSoon()) {
                throw new Unavailable("the key of this token is not known; the keys are being read again", RETRY);
            }
            JWTClaimsSet claims = by.processor.process(token, null);
            Map<String, Object> said = new HashMap<>(claims.getClaims());
            said.values().removeIf(Objects::isNull);
            return new Verified(Map.copyOf(said), claims.getExpirationTime().toInstant());
        } catch (BadJWTException e) {
            throw new Unauthenticated("token: " + e.getMessage(), expected());
        } catch (BadJWSException e) {
            throw new Unauthenticated("token: signed by somebody else", expected());
        } catch (BadJOSEException e) {
            throw new Unauthenticated("token: of an unknown key", expected());
        } catch (ParseException | JOSEException e) {
            throw new Unauthenticated("token: unreadable", expected());
        }
    }

    private String expected() {
        return "a signed token that is valid now, of " + rules.issuer() + " for " + rules.audience();
    }

    /** Whether the keys are read soon, because of this. */
    private boolean readSoon() {
        long now = System.nanoTime();
        long before = askedNanos.get();
        if (now - before < SOONEST_REFRESH.toNanos() || !askedNanos.compareAndSet(before, now)) {
            return false;
        }
        try {
            reader.execute(this::readKeys);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void readKeys() {
        try {
            String now = isAddress(rules.keys())
                    ? text(answer(http, URI.create(rules.keys())))
                    : file(Path.of(rules.keys()));
            if (!now.equals(keysRead)) {
                JWKSet set = JWKSet.parse(now);
                keys = new Keys(set, processor(set));
                keysRead = now;
                remembered.clear();
            }
        } catch (IOException | ParseException | RuntimeException e) {
            LOG.warnf(
                    e,
                    "mekiki.access.tokens.keys: %s cannot be read; %s",
                    rules.keys(),
                    keys == null ? "no token is taken until it can" : "what was read last stays");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether keys come from an address rather than a file. */
    public static boolean isAddress(String keys) {
        return keys.startsWith("https:") || keys.startsWith("http:");
    }

    /**
     * Looks once, and waits for it.
     *
     * @throws IllegalStateException if nothing can be read there
     */
    public static Source look(String keys) {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            if (!isAddress(keys)) {
                return new Source(JWKSet.parse(file(Path.of(keys))).size(), Optional.empty());
            }
            HttpResponse<InputStream> response = answer(client, URI.create(keys));
            return new Source(
                    JWKSet.parse(text(response)).size(),
                    response.headers()
                            .firstValue("date")
                            .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant()));
        } catch (IOException | ParseException | DateTimeParseException e) {
            throw new IllegalStateException(keys + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static HttpResponse<InputStream> answer(HttpClient client, URI address)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(address).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private static String text(HttpResponse<InputStream> response) throws IOException {
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException("HTTP status " + response.statusCode() + " (expected: 200)");
            }
            return text(body);
        }
    }

    private static String file(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return text(in);
        }
    }

    private static String text(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(MOST_KEY_BYTES + 1);
        if (bytes.length > MOST_KEY_BYTES) {
            throw new IOException("more than " + MOST_KEY_BYTES + " bytes (expected: a JWKS)");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private JWTProcessor<SecurityContext> processor(JWKSet set) {
        DefaultJWTProcessor<SecurityContext> made = new DefaultJWTProcessor<>();
        made.setJWSTypeVerifier(
                new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
        // Signatures of a secret that both sides know are none of a public key.
        made.setJWSKeySelector(
                new JWSVerificationKeySelector<>(JWSAlgorithm.Family.SIGNATURE, new ImmutableJWKSet<>(set)));
        made.setJWTClaimsSetVerifier(
                new DefaultJWTClaimsVerifier<>(
                        rules.audience(),
                        new JWTClaimsSet.Builder().issuer(rules.issuer()).build(),
                        Set.of("exp")) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                });
        return made;
    }

    /** Reads keys no more. */
    @Override
    public void close() {
        reader.shutdownNow();
        http.shutdownNow();
    }
}
