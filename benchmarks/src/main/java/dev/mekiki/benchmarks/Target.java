package dev.mekiki.benchmarks;

import dev.mekiki.benchmarks.load.ClosedLoop;
import dev.mekiki.benchmarks.load.Load;
import dev.mekiki.benchmarks.load.OpenLoop;
import dev.mekiki.benchmarks.vitals.Activity;
import dev.mekiki.benchmarks.vitals.ServiceVitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/** A way of loading the service, and what was measured of it so far. Not thread-safe. */
final class Target {

    /** Kinds of threads that are told apart. */
    private static final int THREAD_KINDS = 6;

    private final String method;

    /** Of an open loop, 0. */
    private final int inFlight;

    private final Function<Duration, Load> loop;
    private final List<Spell> spells = new ArrayList<>();

    private Target(String method, int inFlight, Function<Duration, Load> loop) {
        this.method = method;
        this.inFlight = inFlight;
        this.loop = loop;
    }

    static Target closed(String method, int inFlight, ClosedLoop loop) {
        return new Target(method, inFlight, spell -> loop.run(inFlight, spell));
    }

    /**
     * @param share of the best rate of {@code closed}, which are to be measured before
     * @param seed of the first spell's arrivals; the next ones have the next seeds
     */
    static Target open(String method, double share, OpenLoop loop, List<Target> closed, long seed) {
        AtomicLong nextSeed = new AtomicLong(seed);
        return new Target(method, 0, spell -> {
            double best = closed.stream()
                    .mapToDouble(target -> target.rates().median())
                    .max()
                    .orElseThrow();
            return loop.run(share * best, spell, nextSeed.getAndIncrement()).load();
        });
    }

    void run(ServiceVitals vitals, Duration spell) {
        spells.add(Spell.of(vitals, () -> loop.apply(spell)));
    }

    private Rates rates() {
        return new Rates(spells.stream().map(spell -> spell.load().rate()).toList());
    }

    /** All spells together. */
    BenchmarkReport.Row row(BenchmarkReport.Limit limit) {
        Spell all = spells.stream().reduce(Spell::plus).orElseThrow();
        Load load = all.load();
        double images = Math.max(1, load.answered());
        Rates rates = rates();
        Histogram latencies = inFlight > 0 ? load.corrected() : load.latencies();
        double cpu = all.service().cpu().toNanos() / 1e6 / images;
        Map<String, Double> cpuMicros = new LinkedHashMap<>();
        all.service().threads().forEach((kind, time) -> cpuMicros.put(kind, time.toNanos() / 1e3 / images));
        return new BenchmarkReport.Row(
                method,
                inFlight,
                load.offered() / (load.elapsed().toNanos() / 1e9),
                load.answered(),
                rates.median(),
                rates.least(),
                rates.most(),
                rates.median() / limit.imagesPerSecond(),
                new BenchmarkReport.Latency(
                        latencies.getValueAtPercentile(50) / 1e6,
                        latencies.getValueAtPercentile(99) / 1e6,
                        latencies.getValueAtPercentile(99.9) / 1e6,
                        load.percentile(99)),
                load.offered() == 0 ? 0 : (double) load.refused() / load.offered(),
                new BenchmarkReport.Cost(
                        cpu,
                        cpu / limit.cpuMillisPerImage(),
                        all.clientCpu().toNanos() / 1e6 / images,
                        all.service().allocatedBytes() / images),
                all.service().activity().batchShares(),
                micros(load, all.service().activity()),
                BenchmarkReport.largest(cpuMicros, THREAD_KINDS, "other threads"));
    }

    /** Where a request's time goes on average: outside the service, in it but in no stage, and in each stage. */
    private static Map<String, Double> micros(Load load, Activity activity) {
        double calls = Math.max(1, activity.calls().count());
        double inService = activity.calls().seconds() * 1e6 / calls;
        double inStages = 0;
        Map<String, Double> stages = new LinkedHashMap<>();
        for (Map.Entry<String, Activity.Timing> stage : activity.stages().entrySet()) {
            double each = stage.getValue().seconds() * 1e6 / calls;
            inStages += each;
            if (stage.getValue().count() > 0) {
                stages.put(stage.getKey(), each);
            }
        }
        Map<String, Double> micros = new LinkedHashMap<>();
        micros.put("client, network", Math.max(0, load.latencies().getMean() / 1e3 - inService));
        micros.put("gRPC", Math.max(0, inService - inStages));
        micros.putAll(stages);
        return micros;
    }
}
