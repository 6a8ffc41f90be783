package dev.mekiki.service.access;

import dev.mekiki.core.failure.Unauthenticated;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Knows callers by what they show, from a file that is read again when it changes. Thread-safe. */
public final class AccessControl implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(AccessControl.class);

    private static final String SCHEME = "Bearer ";
    private static final String EXPECTED = "authorization: Bearer, and an API key or a token";

    private final Path file;
    private final Optional<TokenVerifier> tokens;
    private final InstantSource clock;
    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("mekiki-access").factory());

    private volatile AccessList list;
    private String read;

    /**
     * Reads the file.
     *
     * @param reloadInterval how often it is looked whether it has changed
     * @param tokens empty if none are taken; closed with this
     * @throws IllegalStateException if the file cannot be read or is not what it should be; the message says what
     */
    public AccessControl(Path file, Duration reloadInterval, Optional<TokenVerifier> tokens, InstantSource clock) {
        this.file = file;
        this.tokens = tokens;
        this.clock = clock;
        try {
            read = Files.readString(file);
            list = parsed(read);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("mekiki.access.file: " + e.getMessage(), e);
        }
        reader.scheduleWithFixedDelay(
                this::readAgain, reloadInterval.toMillis(), reloadInterval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void readAgain() {
        try {
            String now = Files.readString(file);
            if (!now.equals(read)) {
                list = parsed(now);
                read = now;
                LOG.infof("mekiki.access.file: %s was read again", file);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("mekiki.access.file: what was read last stays", e);
        }
    }

    private AccessList parsed(String text) {
        AccessList parsed = AccessList.parse(file.toString(), text);
        if (parsed.knowsTokens() && tokens.isEmpty()) {
            throw new IllegalArgumentException(
                    file + ": callers with a token (expected: none without mekiki.access.tokens.issuer)");
        }
        return parsed;
    }

    /**
     * Who calls.
     *
     * @param authorization the header of that name; null if there is none
     * @throws Unauthenticated if nobody is known by it
     * @throws dev.mekiki.core.failure.Unavailable if that cannot be said now
     */
    public Credentials admit(@Nullable String authorization) {
        if (authorization == null) {
            throw new Unauthenticated("none", EXPECTED);
        }
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new Unauthenticated("of another scheme", EXPECTED);
        }
        return new Credentials(authorization.substring(SCHEME.length()).trim());
    }

    /** Stops reading. */
    @Override
    public void close() {
        reader.shutdownNow();
        tokens.ifPresent(TokenVerifier::close);
    }

    /** What somebody showed, for as long as a call lasts. */
    public final class Credentials {

        private final String secret;

        // As known last; a call's messages come one after the other, but not all on one thread.
        private volatile Known known;

        private record Known(AccessList by, Caller caller, Instant until) {}

        private Credentials(String secret) {
            this.secret = secret;
            this.known = look();
        }

        private Known look() {
            AccessList now = list;
            Optional<Caller> byKey = now.ofKey(secret);
            if (byKey.isPresent()) {
                return new Known(now, byKey.get(), Instant.MAX);
            }
            if (tokens.isPresent() && secret.startsWith("eyJ")) {
                TokenVerifier.Verified token = tokens.get().verify(secret);
                return now.ofClaims(token.claims())
                        .map(caller -> new Known(now, caller, token.expires()))
                        .orElseThrow(() -> new Unauthenticated(
                                "token: good, but nobody of mekiki.access.file has its claims", "another one"));
            }
            throw new Unauthenticated("unknown", EXPECTED);
        }

        /**
         * Who shows them, as things are now.
         *
         * @throws Unauthenticated if they are good no more: a key that was taken away, a token that has expired
         * @throws dev.mekiki.core.failure.Unavailable if that cannot be said now
         */
        public Caller caller() {
            Known current = known;
            if (current.by != list || !clock.instant().isBefore(current.until)) {
                current = look();
                known = current;
            }
            return current.caller;
        }

        /** Who showed them when it was looked last. */
        public Caller lastCaller() {
            return known.caller;
        }

        /** Nothing of the secret. */
        @Override
        public String toString() {
            return "credentials of " + known.caller.name();
        }
    }
}
