package dev.mekiki.benchmarks.gallery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a gallery by several paths at several numbers of calls in flight, all in turns, so that a noisy machine is noisy
 * for all of them.
 */
final class Searches {

    static final String RAW = "raw SDK";
    static final String ADAPTER = "the gallery, in process";
    static final String SERVICE = "the service, gRPC";

    private static final List<Integer> IN_FLIGHT = List.of(1, 4, 16);

    private Searches() {}

    /**
     * @param rounds measured, after one for warming up
     * @param spell of each path at each number of calls in flight in each round
     * @param paths by name, in the order of the answer; each is given the number of the call
     */
    static List<Figures.Search> measure(int rounds, Duration spell, Map<String, LongConsumer> paths) {
        record Target(String path, int inFlight) {}
        Map<Target, List<Throughput>> measured = new LinkedHashMap<>();
        paths.keySet().forEach(path -> IN_FLIGHT.forEach(n -> measured.put(new Target(path, n), new ArrayList<>())));
        for (int round = 0; round <= rounds; round++) {
            for (int inFlight : IN_FLIGHT) {
                for (Map.Entry<String, LongConsumer> path : paths.entrySet()) {
                    Throughput throughput = Throughput.run(inFlight, spell, path.getValue());
                    if (round > 0) {
                        measured.getOrDefault(new Target(path.getKey(), inFlight), new ArrayList<>())
                                .add(throughput);
                    }
                }
            }
        }
        List<Figures.Search> found = new ArrayList<>();
        measured.forEach((target, spells) -> found.add(figures(
                target.path(),
                target.inFlight(),
                spells,
                target.path().equals(RAW) ? null : measured.get(new Target(RAW, target.inFlight())))));
        return found;
    }

    private static Figures.Search figures(
            String path, int inFlight, List<Throughput> spells, @Nullable List<Throughput> raw) {
        Throughput all = spells.stream().reduce(Throughput::plus).orElseThrow();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; raw != null && round < spells.size(); round++) {
            ratios.add(spells.get(round).perSecond() / raw.get(round).perSecond());
        }
        return new Figures.Search(
                path,
                inFlight,
                all.calls(),
                median(spells.stream().map(Throughput::perSecond).toList()),
                ratios.isEmpty() ? null : median(ratios),
                all.percentile(50),
                all.percentile(99));
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }
}
