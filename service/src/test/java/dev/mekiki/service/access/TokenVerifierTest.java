package dev.mekiki.service.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.mekiki.core.failure.Unauthenticated;
import dev.mekiki.core.failure.Unavailable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TokenVerifierTest {

    private static final String ISSUER = "https://accounts.example";
    private static final String AUDIENCE = "mekiki";

    @TempDir
    private Path folder;

    /** Of the verifier's clock. */
    private volatile Duration ahead = Duration.ZERO;

    @Test
    void takesTokensOfTheIssuerForThisAudience() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2048).keyID("one").generate();
        ECKey curve = new ECKeyGenerator(Curve.P_256).keyID("two").generate();
        try (TokenVerifier verifier = verifier(file(rsa, curve))) {
            TokenVerifier.Verified verified = ready(
                    verifier,
                    token(
                            rsa,
                            claims().claim("groups", List.of("clerks"))
                                    .claim("nonce", null)
                                    .serializeNullClaims(true)));

            assertThat(verified.claims()).containsEntry("groups", List.of("clerks"));
            assertThat(verified.expires()).isAfter(Instant.now());
            assertThat(verifier.verify(token(curve, claims().subject("somebody")))
                            .claims())
                    .containsEntry("sub", "somebody");
        }
    }

    @Test
    void takesNoOthers() throws Exception {
        RSAKey known = new RSAKeyGenerator(2048).keyID("one").generate();
        RSAKey impostor = new RSAKeyGenerator(2048).keyID("one").generate();
        try (TokenVerifier verifier = verifier(file(known))) {
            ready(verifier, token(known, claims()));

            assertRefused(verifier, token(impostor, claims()), "signed by somebody else");
            assertRefused(verifier, token(known, claims().issuer("https://evil.example")), "iss");
            assertRefused(verifier, token(known, claims().audience("another")), "aud");
            assertRefused(verifier, token(known, claims().expirationTime(in(Duration.ofHours(-1)))), "xpired");
            assertRefused(verifier, token(known, claims().expirationTime(null)), "exp");
            assertRefused(verifier, token(known, claims().notBeforeTime(in(Duration.ofHours(1)))), "before use time");
            assertRefused(verifier, new PlainJWT(claims().build()).serialize(), "not signed");
            assertRefused(verifier, "eyJ.eyJ.", "unreadable");
            String good = token(known, claims());
            assertRefused(verifier, good.substring(0, good.length() - 8) + "AAAAAAAA", "signed by somebody else");
        }
    }

    @Test
    void goesByTheClockWhereverItSteps() throws Exception {
        RSAKey known = new RSAKeyGenerator(2048).keyID("one").generate();
        try (TokenVerifier verifier = verifier(file(known))) {
            String token = token(known, claims().expirationTime(in(Duration.ofMinutes(30))));
            ready(verifier, token);

            ahead = Duration.ofHours(1);
            assertThatThrownBy(() -> verifier.verify(token))
                    .isInstanceOf(Unauthenticated.class)
                    .hasMessageContaining("xpired");

            ahead = Duration.ZERO;
            assertThat(verifier.verify(token).expires()).isAfter(Instant.now());
        }
    }

    /** The public key is public, so as the secret of an HMAC it proves nothing. */
    @Test
    void takesNoSignatureThatAnybodyCanMake() throws Exception {
        RSAKey known = new RSAKeyGenerator(2048).keyID("one").generate();
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(), claims().build());
        forged.sign(new MACSigner(known.toRSAPublicKey().getEncoded()));
        try (TokenVerifier verifier = verifier(file(known))) {
            ready(verifier, token(known, claims()));

            assertRefused(verifier, forged.serialize(), "of an unknown key");
        }
    }

    @Test
    void readsTheKeysAgainForATokenOfAnUnknownOne() throws Exception {
        RSAKey before = new RSAKeyGenerator(2048).keyID("before").generate();
        RSAKey after = new RSAKeyGenerator(2048).keyID("after").generate();
        AtomicReference<String> served = new AtomicReference<>(new JWKSet(before).toString());
        HttpServer issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/keys", exchange -> {
            byte[] body = String.valueOf(served.get()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        issuer.start();
        try (TokenVerifier verifier =
                verifier("http://localhost:" + issuer.getAddress().getPort() + "/keys")) {
            ready(verifier, token(before, claims()));
            String renewed = token(after, claims());
            served.set(new JWKSet(List.of(before, after)).toString());

            assertThat(ready(verifier, renewed).claims()).containsEntry("iss", ISSUER);

            served.set("no keys");
            assertThat(verifier.verify(token(after, claims())).claims()).containsEntry("iss", ISSUER);
        } finally {
            issuer.stop(0);
        }
    }

    private TokenVerifier verifier(String keys) {
        return new TokenVerifier(
                new TokenVerifier.Rules(ISSUER, AUDIENCE, keys, Duration.ofHours(1)),
                () -> Instant.now().plus(ahead));
    }

    private String file(JWK... keys) throws Exception {
        return Files.writeString(folder.resolve("keys.json"), new JWKSet(List.of(keys)).toString())
                .toString();
    }

    /** Asks until the keys are there. */
    private static TokenVerifier.Verified ready(TokenVerifier verifier, String token) {
        while (true) {
            try {
                return verifier.verify(token);
            } catch (Unavailable e) {
                assertThat(e.retryAfter()).isPositive();
                Thread.onSpinWait();
            } catch (Unauthenticated e) {
                // Its keys are being read.
                assertThat(e).hasMessageContaining("of an unknown key");
            }
        }
    }

    private static void assertRefused(TokenVerifier verifier, String token, String why) {
        assertThatThrownBy(() -> verifier.verify(token))
                .isInstanceOf(Unauthenticated.class)
                .hasMessageContaining(why);
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder().issuer(ISSUER).audience(AUDIENCE).expirationTime(in(Duration.ofMinutes(5)));
    }

    private static Date in(Duration time) {
        return Date.from(Instant.now().plus(time));
    }

    private static String token(JWK key, JWTClaimsSet.Builder claims) throws Exception {
        boolean rsa = key instanceof RSAKey;
        JWSSigner signer = rsa ? new RSASSASigner(key.toRSAKey()) : new ECDSASigner(key.toECKey());
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(rsa ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256)
                        .keyID(key.getKeyID())
                        .build(),
                claims.build());
        token.sign(signer);
        return token.serialize();
    }
}
