package dev.mekiki.samples;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Under what conditions photographs are taken. Immutable.
 *
 * @param leastFill smallest share of the frame that the document spans in the tighter direction, 0.1..1
 * @param mostFill largest such share, not less than {@code leastFill}, at most 1
 * @param doses of the effects that may occur; effects that are missing never do
 */
public record PhotoConditions(double leastFill, double mostFill, Map<Effect, Dose> doses) {

    /** A flat, sharp, evenly lit image of the document on a background: no effect at all. */
    public static final PhotoConditions PLAIN = new PhotoConditions(0.9, 0.9, Map.of());

    /** A decent photograph with a phone. */
    public static final PhotoConditions MILD = new PhotoConditions(
            0.70,
            0.95,
            Map.ofEntries(
                    Map.entry(Effect.SOILING, new Dose(0.1, 0.1, 0.3)),
                    Map.entry(Effect.PERSPECTIVE, new Dose(0.9, 0, 12)),
                    Map.entry(Effect.ROTATION, new Dose(1, 0, 5)),
                    Map.entry(Effect.TIGHT_CROP, new Dose(0.15, 0, 0.02)),
                    Map.entry(Effect.UNEVEN_LIGHT, new Dose(0.7, 0.05, 0.25)),
                    Map.entry(Effect.SHADOW_EDGE, new Dose(0.1, 0.1, 0.3)),
                    Map.entry(Effect.GLARE, new Dose(0.15, 0.1, 0.4)),
                    Map.entry(Effect.EXPOSURE, new Dose(0.7, 0, 0.35)),
                    Map.entry(Effect.COLOUR_CAST, new Dose(0.7, 0, 0.08)),
                    Map.entry(Effect.DEFOCUS, new Dose(0.4, 0.001, 0.004)),
                    Map.entry(Effect.MOTION_BLUR, new Dose(0.15, 0.002, 0.006)),
                    Map.entry(Effect.DOWNSCALING, new Dose(0.2, 1, 1.6)),
                    Map.entry(Effect.SENSOR_NOISE, new Dose(0.8, 1, 5)),
                    Map.entry(Effect.JPEG, new Dose(1, 70, 95))));

    /** What a hurried, careless person takes; still recognisable for a person. */
    public static final PhotoConditions HARD = new PhotoConditions(
            0.45,
            1.0,
            Map.ofEntries(
                    Map.entry(Effect.SOILING, new Dose(0.25, 0.2, 0.6)),
                    Map.entry(Effect.CREASE, new Dose(0.15, 0.1, 0.4)),
                    Map.entry(Effect.PERSPECTIVE, new Dose(0.95, 5, 35)),
                    Map.entry(Effect.ROTATION, new Dose(0.95, 0, 20)),
                    Map.entry(Effect.TIGHT_CROP, new Dose(0.3, 0, 0.05)),
                    Map.entry(Effect.UNEVEN_LIGHT, new Dose(0.8, 0.15, 0.5)),
                    Map.entry(Effect.SHADOW_EDGE, new Dose(0.4, 0.25, 0.55)),
                    Map.entry(Effect.GLARE, new Dose(0.4, 0.3, 0.95)),
                    Map.entry(Effect.EXPOSURE, new Dose(0.9, 0, 0.75)),
                    Map.entry(Effect.COLOUR_CAST, new Dose(0.9, 0, 0.22)),
                    Map.entry(Effect.DEFOCUS, new Dose(0.5, 0.003, 0.012)),
                    Map.entry(Effect.MOTION_BLUR, new Dose(0.4, 0.005, 0.02)),
                    Map.entry(Effect.DOWNSCALING, new Dose(0.4, 1.2, 3)),
                    Map.entry(Effect.SENSOR_NOISE, new Dose(0.9, 3, 16)),
                    Map.entry(Effect.JPEG, new Dose(1, 35, 80))));

    public PhotoConditions {
        if (!(leastFill >= 0.1 && leastFill <= mostFill && mostFill <= 1)) {
            throw new IllegalArgumentException("leastFill, mostFill: " + leastFill + ", " + mostFill
                    + " (expected: 0.1 <= leastFill <= mostFill <= 1)");
        }
        doses.forEach((effect, dose) -> {
            if (dose.low() < effect.least() || dose.high() > effect.most()) {
                throw new IllegalArgumentException("dose of " + effect + ": " + dose.low() + ".." + dose.high()
                        + " (expected: within " + effect.least() + ".." + effect.most() + ")");
            }
        });
        // An EnumMap, because the order of effects decides the order in which random numbers are drawn.
        EnumMap<Effect, Dose> ordered = new EnumMap<>(Effect.class);
        ordered.putAll(doses);
        doses = Collections.unmodifiableMap(ordered);
    }

    /** These conditions with one effect's dose replaced or added. */
    public PhotoConditions with(Effect effect, Dose dose) {
        EnumMap<Effect, Dose> changed = new EnumMap<>(Effect.class);
        changed.putAll(doses);
        changed.put(effect, dose);
        return new PhotoConditions(leastFill, mostFill, changed);
    }

    /** These conditions without the effect. */
    public PhotoConditions without(Effect effect) {
        EnumMap<Effect, Dose> changed = new EnumMap<>(Effect.class);
        changed.putAll(doses);
        changed.remove(effect);
        return new PhotoConditions(leastFill, mostFill, changed);
    }
}
