package dev.mekiki.benchmarks.vitals;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What a service used and did: since it began, or in a spell as a difference of two.
 *
 * @param cpu time of all its threads
 * @param allocatedBytes on its heap
 * @param threads CPU time by kind of thread, those of the JVM and of native libraries included; empty where the system
 *     does not tell
 * @param activity what it did, by its own metrics
 */
public record Reading(Duration cpu, long allocatedBytes, Map<String, Duration> threads, Activity activity) {

    public Reading {
        threads = Map.copyOf(threads);
    }

    public Reading plus(Reading other) {
        Map<String, Duration> both = new HashMap<>(threads);
        other.threads.forEach((name, time) -> both.merge(name, time, Duration::plus));
        return new Reading(
                cpu.plus(other.cpu), allocatedBytes + other.allocatedBytes, both, activity.plus(other.activity));
    }

    public Reading minus(Reading before) {
        Map<String, Duration> spent = new HashMap<>(threads);
        before.threads.forEach((name, time) -> spent.merge(name, time.negated(), Duration::plus));
        // Where a thread ended meanwhile, its time is gone from its kind.
        spent.values().removeIf(time -> time.isNegative() || time.isZero());
        return new Reading(
                cpu.minus(before.cpu), allocatedBytes - before.allocatedBytes, spent, activity.minus(before.activity));
    }
}
