package dev.mekiki.milvus.server;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Settings of Milvus beyond its own defaults.
 *
 * @param environment by the name of the environment variable, which is the setting's key in upper case with underscores
 *     for dots: {@code proxy.timeTickInterval} is {@code PROXY_TIMETICKINTERVAL}
 */
public record MilvusSettings(Map<String, String> environment) {

    /** As users run it. */
    public static final MilvusSettings DEFAULTS = new MilvusSettings(Map.of());

    private static final int ROOM_FOR_COLLECTIONS = 4_096;

    private static final Duration QUICK_TICK = Duration.ofMillis(20);

    private static final Duration SHORT_SESSION = Duration.ofSeconds(8);

    public MilvusSettings {
        environment = Map.copyOf(environment);
    }

    /**
     * A read that must see the newest write waits for the next tick of the server's clock: every 200 ms by default,
     * here every 20 ms, because tests do little else. It costs CPU time when nothing happens. And Milvus 2.3 allows no
     * more than 64 collections, which is soon too few for tests that leave theirs behind.
     */
    public static MilvusSettings forTests() {
        return DEFAULTS.with("PROXY_TIMETICKINTERVAL", Long.toString(QUICK_TICK.toMillis()))
                .with("QUOTAANDLIMITS_LIMITS_MAXCOLLECTIONNUMPERDB", Integer.toString(ROOM_FOR_COLLECTIONS));
    }

    /**
     * As {@link #forTests}, for a server that is killed and started again. The parts of a server find each other through
     * sessions, and those of the killed one have to expire before the new ones are found: that takes a minute by
     * default, here some fifteen seconds. In return a server that gets no processor for eight seconds ends itself.
     */
    public static MilvusSettings forTestsThatKill() {
        return forTests().with("COMMON_SESSION_TTL", Long.toString(SHORT_SESSION.toSeconds()));
    }

    /** Also refuses all changes; a server without a file of settings enforces no quota unless told to. */
    MilvusSettings readOnly() {
        return with("QUOTAANDLIMITS_ENABLED", "true").with("QUOTAANDLIMITS_LIMITWRITING_FORCEDENY", "true");
    }

    /** The same for a server's file of settings. */
    static String readOnlyYaml(boolean readOnly) {
        return """
                quotaAndLimits:
                  limitWriting:
                    forceDeny: %s
                """.formatted(readOnly);
    }

    public MilvusSettings with(String variable, String value) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.put(variable, value);
        return new MilvusSettings(all);
    }
}
