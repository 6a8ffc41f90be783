package dev.mekiki.core.time;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long each stage of one request took. Immutable.
 *
 * @param byStage only the stages that the request went through
 */
public record StageDurations(Map<Stage, Duration> byStage) {

    public static final StageDurations NONE = new StageDurations(Map.of());

    public StageDurations {
        byStage = byStage.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(byStage));
    }

    public StageDurations with(Stage stage, Duration duration) {
        EnumMap<Stage, Duration> all = new EnumMap<>(Stage.class);
        all.putAll(byStage);
        all.put(stage, duration);
        return new StageDurations(all);
    }
}
