package dev.mekiki.service.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.failure.PermissionDenied;
import dev.mekiki.core.gallery.GalleryId;
import io.github.bucket4j.TimeMeter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessListTest {

    private static final String KEY = "0123456789abcdef0123456789abcdef";

    private static final String FILE = """
            tenants:
              - name: acme
                galleries: [acme-*, forms]
                limits: {images-per-second: 50, burst: 80, galleries: 3, registrations: 1000}
              - name: other
                galleries: [other-*]
            callers:
              - name: scanner
                tenant: acme
                keys: ["%s"]
                grants:
                  - {role: recognise, galleries: ["*"]}
                  - {role: register, galleries: [acme-inbox]}
              - name: staff
                tenant: other
                token: {claim: groups, value: clerks}
                grants:
                  - {role: administer, galleries: ["*"]}
              - name: operations
                token: {claim: sub, value: ops@example.com}
                grants:
                  - {role: administer, galleries: ["*"]}
            """.formatted(AccessList.hash(KEY));

    private final AccessList list = AccessList.parse("access.yaml", FILE);

    @Test
    void knowsCallersByTheirKeys() {
        assertThat(list.ofKey(KEY)).map(Caller::name).contains("scanner");
        assertThat(list.ofKey(KEY + "0")).isEmpty();
        assertThat(list.ofKey(AccessList.hash(KEY)))
                .as("what stands in the file opens nothing")
                .isEmpty();
        assertThat(AccessList.hash("abc"))
                .as("as sha256sum says")
                .isEqualTo("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void knowsCallersByTheClaimsOfTheirTokens() {
        assertThat(list.ofClaims(Map.of("groups", List.of("readers", "clerks"))))
                .map(Caller::name)
                .contains("staff");
        assertThat(list.ofClaims(Map.of("sub", "ops@example.com")))
                .map(Caller::name)
                .contains("operations");
        assertThat(list.ofClaims(Map.of("groups", List.of("readers"), "sub", "clerks")))
                .isEmpty();
        assertThat(list.ofClaims(Map.of())).isEmpty();
    }

    @Test
    void letsCallersDoWhatTheirRolesIncludeInTheGalleriesOfTheirTenant() {
        Caller scanner = list.ofKey(KEY).orElseThrow();

        assertThat(scanner.may(Role.RECOGNISE, new GalleryId("forms"))).isTrue();
        assertThat(scanner.may(Role.RECOGNISE, new GalleryId("acme-inbox"))).isTrue();
        assertThat(scanner.may(Role.REGISTER, new GalleryId("acme-inbox"))).isTrue();
        assertThat(scanner.may(Role.REGISTER, new GalleryId("forms"))).isFalse();
        assertThat(scanner.may(Role.ADMINISTER, new GalleryId("acme-inbox"))).isFalse();
        assertThat(scanner.may(Role.RECOGNISE, new GalleryId("other-inbox")))
                .as("of another tenant, whatever the grant says")
                .isFalse();
        assertThatThrownBy(() -> scanner.require(Role.REGISTER, new GalleryId("forms")))
                .isInstanceOf(PermissionDenied.class)
                .hasMessage("\"scanner\" may not register in galleries/forms");
    }

    @Test
    void givesWhatIsEverybodysToNoTenant() {
        Caller staff = list.ofClaims(Map.of("groups", "clerks")).orElseThrow();
        Caller operations = list.ofClaims(Map.of("sub", "ops@example.com")).orElseThrow();

        operations.requireEverywhere(Role.ADMINISTER);
        assertThatThrownBy(() -> staff.requireEverywhere(Role.ADMINISTER)).isInstanceOf(PermissionDenied.class);
        staff.requireSomewhere(Role.ADMINISTER);
        assertThatThrownBy(() -> list.ofKey(KEY).orElseThrow().requireSomewhere(Role.ADMINISTER))
                .isInstanceOf(PermissionDenied.class);
    }

    @Test
    void countsWithinTheLimitsOfATenant() {
        Tenant acme = list.tenants().getFirst();

        assertThat(acme.rate()).contains(new Tenant.Rate(50, 80));
        assertThat(acme.mostGalleries()).hasValue(3);
        assertThat(acme.mostRegistrations()).hasValue(1000);
        assertThat(list.tenants().getLast().rate()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: scanner| name: scan ner| callers[0].name: \"scan ner\"",
                "name: staff| name: scanner| callers[1].name: \"scanner\" (expected: each once)",
                "name: other| name: acme| tenants[1].name: \"acme\" (expected: each once)",
                "tenant: acme| tenant: acne| callers[0].tenant: \"acne\" (expected: of [acme, other], or left out)",
                "role: register| role: own| callers[0].grants[1].role: \"own\" (expected: of [recognise, register, administer])",
                "role: register| rule: register| callers[0].grants[1].rule: unknown (expected: of [galleries, role])",
                "[acme-inbox]| []| callers[0].galleries: none",
                "[acme-inbox]| [ACME]| callers[0].galleries: \"ACME\"",
                "[acme-inbox]| ['*-inbox']| callers[0].galleries: \"*-inbox\"",
                "[other-*]| [other-*, 'f*']| tenants: \"forms\" of acme and \"f*\" of other",
                "images-per-second: 50| images-per-second: 0| tenants[0].images-per-second: 0 (expected: at least 1)",
                "images-per-second: 50, | ''| tenants[0].limits.burst: 80 (expected: left out without images-per-second)",
                "images-per-second: 50| images-per-second: many| tenants[0].limits.images-per-second: of another kind",
                "images-per-second: 50| images-per-second: 0.5| tenants[0].limits.images-per-second: of another kind",
                "galleries: 3| galleries: -1| tenants[0].limits.galleries: -1 (expected: at least 1)",
                "token: {claim: groups, value: clerks}| token: {claim: groups}| callers[1].token: incomplete",
                "token: {claim: groups, value: clerks}| keys: []| callers[1].keys, token: none",
                "callers:| caller:| caller: unknown (expected: of [callers, tenants])",
                "tenants:| ]| line 1 is no YAML",
            })
    void saysWhereAFileIsWrong(String right, String wrong, String message) {
        String broken = FILE.replace(right, wrong);

        assertThat(broken).isNotEqualTo(FILE);
        assertThatThrownBy(() -> AccessList.parse("access.yaml", broken))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("access.yaml: " + message);
    }

    @Test
    void tellsNothingOfAKeyThatStandsWhereItsHashShould() {
        for (String broken : List.of(
                FILE.replace("\"" + AccessList.hash(KEY) + "\"", KEY),
                FILE.replace("[\"" + AccessList.hash(KEY) + "\"]", KEY),
                FILE.replace("[\"" + AccessList.hash(KEY) + "\"]", "{a: " + KEY + "}"),
                FILE.replace("\"" + AccessList.hash(KEY) + "\"", "\"" + KEY))) {
            assertThatThrownBy(() -> AccessList.parse("access.yaml", broken))
                    .isInstanceOf(IllegalArgumentException.class)
                    .extracting(Throwable::getMessage)
                    .asString()
                    .doesNotContain(KEY);
        }
        String twice =
                FILE.replace("token: {claim: groups, value: clerks}", "keys: [\"%s\"]".formatted(AccessList.hash(KEY)));
        assertThatThrownBy(() -> AccessList.parse("access.yaml", twice))
                .hasMessage("access.yaml: callers[1].keys: one that another entry has (expected: each once)");
    }

    @Test
    void takesTheExampleOfTheDocumentation() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "security.md"));
        int begin = page.indexOf("```yaml\n") + 8;

        AccessList example = AccessList.parse("security.md", page.substring(begin, page.indexOf("```", begin)));

        assertThat(example.ofKey("test")).map(Caller::name).contains("scanner-7");
        assertThat(example.ofClaims(Map.of("groups", List.of("acme-staff"))))
                .map(Caller::name)
                .contains("staff");
    }

    @ParameterizedTest
    @CsvSource({
        "a*, ab*, true",
        "ab*, a*, true",
        "a*, b*, false",
        "a*, a, true",
        "a, a*, true",
        "a, ab*, false",
        "a, a, true",
        "a, b, false",
        "*, b, true",
        "*, b*, true",
    })
    void tellsWhetherThereCanBeAGalleryOfBoth(String one, String other, boolean both) {
        assertThat(new GalleryPattern(one).overlaps(new GalleryPattern(other))).isEqualTo(both);
    }

    @Test
    void takesImagesWithinTheRateAndLetsDebtsBePaid() {
        long[] now = {0};
        TenantRates rates = new TenantRates(new HandClock(now));
        Tenant acme = list.tenants().getFirst();
        for (int i = 0; i < 80; i++) {
            rates.take(acme);
        }

        assertThatThrownBy(() -> rates.take(acme))
                .hasMessage("tenant \"acme\": more than 50 images per second")
                .extracting("retryAfter")
                .isEqualTo(Optional.of(Duration.ofMillis(20)));
        now[0] += Duration.ofMillis(20).toNanos();
        rates.take(acme);
        assertThatThrownBy(() -> rates.take(acme)).hasMessageContaining("50 images per second");

        rates.owe(acme, 99);
        assertThat(rates.untilPaid(acme)).isEqualTo(Duration.ofSeconds(2));
        now[0] += Duration.ofSeconds(2).toNanos();
        assertThat(rates.untilPaid(acme)).isZero();
        rates.take(acme);

        Tenant other = list.tenants().getLast();
        for (int i = 0; i < 1000; i++) {
            rates.take(other);
        }
        assertThat(rates.untilPaid(other)).isZero();
    }

    /** Time that passes when a test says so. */
    private record HandClock(long[] now) implements TimeMeter {

        @Override
        public long currentTimeNanos() {
            return now[0];
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }
}
