package dev.mekiki.service.access;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what, as a file says. Keys are in it as their SHA-256 only; that is enough, as a key is a long random number
 * and no password. Immutable.
 */
public final class AccessList {

    private static final Pattern KEY_HASH = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,62}");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .build();

    /** The file. */
    private record Whole(
            @Nullable List<TenantEntry> tenants, @Nullable List<CallerEntry> callers) {}

    private record TenantEntry(
            @Nullable String name,
            @Nullable List<String> galleries,
            @Nullable LimitsEntry limits) {}

    private record LimitsEntry(
            @Nullable Long imagesPerSecond,
            @Nullable Long burst,
            @Nullable Long galleries,
            @Nullable Long registrations) {}

    private record CallerEntry(
            @Nullable String name,
            @Nullable String tenant,
            @Nullable List<String> keys,
            @Nullable ClaimEntry token,
            @Nullable List<GrantEntry> grants) {}

    private record ClaimEntry(
            @Nullable String claim, @Nullable String value) {}

    private record GrantEntry(@Nullable Role role, @Nullable List<String> galleries) {}

    /** Those whose tokens say so. */
    private record TokenRule(String claim, String value, Caller caller) {

        boolean fits(Map<String, Object> claims) {
            return switch (claims.get(claim)) {
                case null -> false;
                case Collection<?> several -> several.contains(value);
                case Object one -> one.equals(value);
            };
        }
    }

    private final List<Tenant> tenants;
    private final Map<String, Caller> byKey = new HashMap<>();
    private final List<TokenRule> byToken = new ArrayList<>();

    private final int callers;

    private AccessList(List<Tenant> tenants, int callers) {
        this.tenants = List.copyOf(tenants);
        this.callers = callers;
    }

    /**
     * Reads a file.
     *
     * @param source named in messages
     * @param yaml as {@code docs/security.md} says
     * @throws IllegalArgumentException if it is not what it should be; the message says where and holds nothing of keys
     */
    public static AccessList parse(String source, String yaml) {
        Whole whole;
        try {
            whole = YAML.readValue(yaml, Whole.class);
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(source + ": " + inWords(e), e);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    source + ": line "
                            + (e.getLocation() == null
                                    ? "?"
                                    : String.valueOf(e.getLocation().getLineNr()))
                            + " is no YAML",
                    e);
        }
        if (whole == null || whole.callers == null || whole.callers.isEmpty()) {
            throw new IllegalArgumentException(source + ": callers: none (expected: at least one)");
        }
        return list(source, whole.tenants == null ? List.of() : whole.tenants, whole.callers);
    }

    private static AccessList list(String source, List<TenantEntry> tenantEntries, List<CallerEntry> callerEntries) {
        Map<String, Tenant> tenants = new LinkedHashMap<>();
        for (int i = 0; i < tenantEntries.size(); i++) {
            String where = source + ": tenants[" + i + "].";
            Tenant tenant = within(where, tenantEntries.get(i), AccessList::tenant);
            if (tenants.putIfAbsent(tenant.name(), tenant) != null) {
                throw new IllegalArgumentException(where + "name: \"" + tenant.name() + "\" (expected: each once)");
            }
        }
        requireApart(source, List.copyOf(tenants.values()));
        AccessList list = new AccessList(List.copyOf(tenants.values()), callerEntries.size());
        Set<String> names = new HashSet<>();
        for (int i = 0; i < callerEntries.size(); i++) {
            String where = source + ": callers[" + i + "].";
            Caller caller = within(where, callerEntries.get(i), entry -> list.add(entry, tenants));
            if (!names.add(caller.name())) {
                throw new IllegalArgumentException(where + "name: \"" + caller.name() + "\" (expected: each once)");
            }
        }
        return list;
    }

    /** What is read from an entry; what is wrong with it is said with the place. */
    private static <E, T> T within(String where, @Nullable E entry, Function<E, T> read) {
        try {
            if (entry == null) {
                throw new IllegalArgumentException("empty (expected: an entry)");
            }
            return read.apply(entry);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(where + e.getMessage(), e);
        }
    }

    private static Tenant tenant(TenantEntry entry) {
        String name = name(entry.name);
        LimitsEntry limits = entry.limits == null ? new LimitsEntry(null, null, null, null) : entry.limits;
        if (limits.burst != null && limits.imagesPerSecond == null) {
            throw new IllegalArgumentException(
                    "limits.burst: " + limits.burst + " (expected: left out without images-per-second)");
        }
        Optional<Tenant.Rate> rate = Optional.ofNullable(limits.imagesPerSecond)
                .map(perSecond -> new Tenant.Rate(perSecond, limits.burst == null ? perSecond : limits.burst));
        return new Tenant(
                name,
                patterns(entry.galleries),
                rate,
                amount("limits.galleries", limits.galleries),
                amount("limits.registrations", limits.registrations));
    }

    private static OptionalLong amount(String field, @Nullable Long value) {
        if (value == null) {
            return OptionalLong.empty();
        }
        Tenant.requireSome(field, value);
        return OptionalLong.of(value);
    }

    private Caller add(CallerEntry entry, Map<String, Tenant> known) {
        String name = name(entry.name);
        if (entry.tenant != null && !known.containsKey(entry.tenant)) {
            throw new IllegalArgumentException(
                    "tenant: \"" + entry.tenant + "\" (expected: of " + known.keySet() + ", or left out)");
        }
        if (entry.grants == null || entry.grants.isEmpty()) {
            throw new IllegalArgumentException("grants: none (expected: at least one)");
        }
        List<Grant> grants = new ArrayList<>();
        for (GrantEntry grant : entry.grants) {
            if (grant == null || grant.role == null) {
                throw new IllegalArgumentException("grants: one without a role (expected: of " + roles() + ")");
            }
            grants.add(new Grant(grant.role, patterns(grant.galleries)));
        }
        Optional<Tenant> tenant = Optional.ofNullable(entry.tenant).map(known::get);
        Caller caller = new Caller(name, tenant, grants);
        List<String> keys = entry.keys == null ? List.of() : entry.keys;
        for (String key : keys) {
            // Whatever else stands there may be a key itself.
            if (key == null || !KEY_HASH.matcher(key).matches()) {
                throw new IllegalArgumentException(
                        "keys: not a hash (expected: sha256: and 64 hexadecimal digits, the SHA-256 of the key)");
            }
            if (byKey.putIfAbsent(key, caller) != null) {
                throw new IllegalArgumentException("keys: one that another entry has (expected: each once)");
            }
        }
        if (entry.token != null) {
            if (entry.token.claim == null || entry.token.value == null) {
                throw new IllegalArgumentException("token: incomplete (expected: claim and value)");
            }
            byToken.add(new TokenRule(entry.token.claim, entry.token.value, caller));
        }
        if (keys.isEmpty() && entry.token == null) {
            throw new IllegalArgumentException("keys, token: none (expected: what the caller is known by)");
        }
        return caller;
    }

    private static String name(@Nullable String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name: " + (name == null ? "missing" : "\"" + name + "\"")
                    + " (expected: 1..63 letters, digits and . _ @ -)");
        }
        return name;
    }

    private static List<GalleryPattern> patterns(@Nullable List<String> texts) {
        if (texts == null || texts.isEmpty()) {
            throw new IllegalArgumentException("galleries: none (expected: at least one)");
        }
        return texts.stream()
                .map(text -> new GalleryPattern(Objects.requireNonNullElse(text, "")))
                .toList();
    }

    private static void requireApart(String source, List<Tenant> tenants) {
        for (int i = 0; i < tenants.size(); i++) {
            for (int j = i + 1; j < tenants.size(); j++) {
                for (GalleryPattern one : tenants.get(i).galleries()) {
                    for (GalleryPattern other : tenants.get(j).galleries()) {
                        if (one.overlaps(other)) {
                            throw new IllegalArgumentException(source + ": tenants: \"" + one.text() + "\" of "
                                    + tenants.get(i).name() + " and \"" + other.text() + "\" of "
                                    + tenants.get(j).name() + " (expected: no gallery is two tenants')");
                        }
                    }
                }
            }
        }
    }

    /** Who shows this key. */
    public Optional<Caller> ofKey(String key) {
        return Optional.ofNullable(byKey.get(hash(key)));
    }

    /** Who shows a token of these claims, the first of the list that fits. */
    public Optional<Caller> ofClaims(Map<String, Object> claims) {
        return byToken.stream().filter(rule -> rule.fits(claims)).findFirst().map(TokenRule::caller);
    }

    /** Whether anybody is known by a token. */
    public boolean knowsTokens() {
        return !byToken.isEmpty();
    }

    /** How many there are. */
    public int callers() {
        return callers;
    }

    public List<Tenant> tenants() {
        return tenants;
    }

    /** What stands in the file for a key. */
    static String hash(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static String inWords(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        String where = path.isEmpty() ? "all of it" : path.toString();
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                where + ": unknown (expected: of "
                        + unknown.getKnownPropertyIds().stream().sorted().toList() + ")";
            case InvalidFormatException format
            when format.getTargetType() == Role.class ->
                where + ": \"" + format.getValue() + "\" (expected: of " + roles() + ")";
            // What stands there is not told: it may be a key.
            default -> where + ": of another kind (expected: as docs/security.md says)";
        };
    }

    private static List<String> roles() {
        return Arrays.stream(Role.values())
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
