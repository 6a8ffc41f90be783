package dev.mekiki.benchmarks.scaling;

import dev.mekiki.benchmarks.Machine;
import dev.mekiki.benchmarks.Payloads;
import dev.mekiki.benchmarks.scaling.Autoscaler.Behaviour;
import dev.mekiki.benchmarks.scaling.Autoscaler.Policy;
import dev.mekiki.benchmarks.scaling.Autoscaler.Target;
import dev.mekiki.benchmarks.scaling.Cluster.Outcome;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.report.chart.PlaneChart;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What an autoscaler would make of loads, by its settings: waits, refusals, and what they cost. */
@Command(
        name = "scaling",
        description = {
            "Simulates replicas under Kubernetes' autoscaler with the times that this machine needs for single images,",
            "for loads that step, ramp and go through a day, and prints a table for each."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
public final class ScalingBenchmark implements Callable<Integer> {

    private static final long SEED = 2026;
    private static final int WARM_UP = 2000;
    private static final int MEASURED = 4000;

    /** As the chart has them. */
    private static final List<Policy> UP =
            List.of(new Policy(Policy.Kind.PERCENT, 100, 30), new Policy(Policy.Kind.PODS, 2, 30));

    private static final List<Policy> DOWN = List.of(new Policy(Policy.Kind.PERCENT, 25, 60));

    private static final int CPU_PERCENT = 70;
    private static final int DOWN_SECONDS = 300;
    private static final int MAX_AGE_SECONDS = 60;
    private static final int MIN_REPLICAS = 2;
    private static final int MAX_REPLICAS = 20;

    @Spec
    private CommandSpec command;

    @Option(
            names = "--megapixels",
            paramLabel = "M",
            defaultValue = "0.15",
            description = "Size of the photographs, 0.01..12.5; default ${DEFAULT-VALUE}.")
    private double megapixels;

    @Option(
            names = "--overhead",
            paramLabel = "SHARE",
            defaultValue = "0.15",
            description = "What gRPC and the rest of the service add to an image's processor time, 0..2; default"
                    + " ${DEFAULT-VALUE}.")
    private double overhead;

    @Option(
            names = "--processors",
            paramLabel = "N",
            defaultValue = "2",
            description = "That a replica requests, 1..64; default ${DEFAULT-VALUE}.")
    private int processors;

    @Option(
            names = "--start",
            paramLabel = "SECONDS",
            defaultValue = "25",
            description = "From the decision to a ready replica, 1..600; default ${DEFAULT-VALUE}.")
    private int startSeconds;

    @Option(names = "--to", paramLabel = "FOLDER", description = "For plots; left out: none.")
    private @Nullable Path folder;

    /** One row of the tables. */
    private record Plan(
            String name, OptionalDouble cpuPercent, OptionalDouble waiting, double downSeconds, double maxAgeSeconds) {

        Plan(String name, double cpuPercent, double waiting, double downSeconds, double maxAgeSeconds) {
            this(
                    name,
                    cpuPercent > 0 ? OptionalDouble.of(cpuPercent) : OptionalDouble.empty(),
                    waiting > 0 ? OptionalDouble.of(waiting) : OptionalDouble.empty(),
                    downSeconds,
                    maxAgeSeconds);
        }
    }

    /** The chart's defaults, and one thing changed after another. */
    private static List<Plan> plans() {
        List<Plan> plans = new ArrayList<>();
        for (int cpu : new int[] {50, 60, 70, 80, 90}) {
            plans.add(new Plan("CPU " + cpu + " %", cpu, 0, DOWN_SECONDS, MAX_AGE_SECONDS));
        }
        for (int waiting : new int[] {1, 4}) {
            plans.add(new Plan("waiting " + waiting, 0, waiting, DOWN_SECONDS, MAX_AGE_SECONDS));
        }
        plans.add(new Plan("CPU 70 %, waiting 2", CPU_PERCENT, 2, DOWN_SECONDS, MAX_AGE_SECONDS));
        for (int down : new int[] {60, 900}) {
            plans.add(new Plan("CPU 70 %, fewer after " + down + " s", CPU_PERCENT, 0, down, MAX_AGE_SECONDS));
        }
        for (int age : new int[] {20, 300, 1800}) {
            plans.add(new Plan("CPU 70 %, connections " + age + " s", CPU_PERCENT, 0, DOWN_SECONDS, age));
        }
        plans.add(new Plan("CPU 70 %, connections last", CPU_PERCENT, 0, DOWN_SECONDS, Double.POSITIVE_INFINITY));
        return plans;
    }

    @Override
    public Integer call() throws Exception {
        Installation installation = Installation.current();
        PrintWriter out = command.commandLine().getOut();
        ServiceTimes times = ServiceTimes.measure(
                installation.model(), Payloads.photographs(megapixels, SEED), WARM_UP, MEASURED, 1 + overhead);
        Machine machine = Machine.here(installation.root());
        out.printf(
                Locale.ROOT,
                "Code %s on %s. Photographs of %.2f megapixels take a processor %.2f ms (p50 %.2f, p99 %.2f, of %d,"
                        + " with %.0f %% on top for the rest of the service), so a replica of %d processors does"
                        + " %.0f a second at most. A replica is ready %d s after it was asked for.%n",
                machine.code(),
                machine.processor(),
                megapixels,
                times.meanSeconds() * 1e3,
                times.quantile(0.5) * 1e3,
                times.quantile(0.99) * 1e3,
                times.count(),
                overhead * 100,
                processors,
                processors / times.meanSeconds(),
                startSeconds);
        for (LoadShape load : LoadShape.values()) {
            out.printf(
                    Locale.ROOT,
                    "%n%s, %.0f minutes, up to %.1f replicas' worth%n%n"
                            + "| autoscaler | wait p50, ms | p99, ms | worst minute's p99, ms | refused, %% |"
                            + " replica hours | busy, %% | most replicas |%n|---|--:|--:|--:|--:|--:|--:|--:|%n",
                    load.name().toLowerCase(Locale.ROOT),
                    load.minutes(),
                    load.most());
            Map<String, Outcome> outcomes = new LinkedHashMap<>();
            for (Plan plan : plans()) {
                Outcome outcome = simulate(load, plan, times);
                outcomes.put(plan.name(), outcome);
                out.println(row(plan, outcome));
                out.flush();
            }
            if (folder != null) {
                Files.createDirectories(folder);
                plot(load, outcomes);
            }
        }
        return 0;
    }

    private Outcome simulate(LoadShape load, Plan plan, ServiceTimes times) {
        Autoscaler autoscaler = new Autoscaler(
                new Target(plan.cpuPercent(), plan.waiting(), MIN_REPLICAS, MAX_REPLICAS),
                new Behaviour(UP, DOWN, plan.downSeconds()));
        // What the service takes at once by default, less what is being worked on.
        Cluster.Setting setting =
                new Cluster.Setting(processors, startSeconds, 256 - processors, 20, plan.maxAgeSeconds());
        return new Cluster(setting, times, SEED).run(load, autoscaler, MIN_REPLICAS);
    }

    private String row(Plan plan, Outcome outcome) {
        long worst = outcome.p99ByMinute().values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        int most = outcome.replicas().values().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.0f | %.0f | %.2f | %.1f | %.0f | %d |",
                plan.name(),
                outcome.waits().getValueAtPercentile(50) / 1e3,
                outcome.waits().getValueAtPercentile(99) / 1e3,
                worst / 1e3,
                100 * outcome.refusedShare(),
                outcome.replicaSeconds() / 3600,
                100 * outcome.busySeconds() / (outcome.replicaSeconds() * processors),
                most);
    }

    private void plot(LoadShape load, Map<String, Outcome> outcomes) {
        String name = load.name().toLowerCase(Locale.ROOT);
        PlaneChart replicas = PlaneChart.linear("Replicas, load: " + name, "minute", "replicas");
        PlaneChart waits = PlaneChart.linear("p99 of the wait, load: " + name, "minute", "ms");
        for (String shown : List.of("CPU 50 %", "CPU 70 %", "CPU 90 %", "waiting 4")) {
            Outcome outcome = outcomes.get(shown);
            if (outcome != null) {
                curve(replicas, shown, outcome.replicas(), count -> count);
                curve(waits, shown, outcome.p99ByMinute(), micros -> micros / 1e3);
            }
        }
        Path to = Objects.requireNonNull(folder);
        replicas.write(to.resolve("scaling-" + name + "-replicas.svg"));
        waits.write(to.resolve("scaling-" + name + "-wait.svg"));
    }

    private static <N extends Number> void curve(
            PlaneChart chart, String name, NavigableMap<Integer, N> byMinute, ToDoubleFunction<N> value) {
        double[] x =
                byMinute.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
        double[] y = byMinute.values().stream().mapToDouble(value).toArray();
        chart.curve(name, x, y);
    }
}
