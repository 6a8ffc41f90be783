package dev.mekiki.benchmarks;

import dev.mekiki.benchmarks.load.Load;
import dev.mekiki.benchmarks.vitals.Reading;
import dev.mekiki.benchmarks.vitals.ServiceVitals;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * One or more spells of load, from outside and from inside.
 *
 * @param load what callers saw
 * @param service what the service used and did meanwhile
 * @param clientCpu CPU time of this process meanwhile, the load generator's
 */
record Spell(Load load, Reading service, Duration clientCpu) {

    /** Runs {@code work} and looks at the service before and after it. */
    static Spell of(ServiceVitals vitals, Supplier<Load> work) {
        Reading before = vitals.before();
        Duration clientBefore = OwnProcess.cpuTime();
        Load load = work.get();
        Duration client = OwnProcess.cpuTime().minus(clientBefore);
        return new Spell(load, vitals.since(before), client);
    }

    Spell plus(Spell other) {
        return new Spell(load.plus(other.load), service.plus(other.service), clientCpu.plus(other.clientCpu));
    }
}
