package dev.mekiki.benchmarks;

import dev.mekiki.benchmarks.load.Caller;
import dev.mekiki.benchmarks.load.ClosedLoop;
import dev.mekiki.benchmarks.load.Connections;
import dev.mekiki.benchmarks.load.GrpcCaller;
import dev.mekiki.benchmarks.load.Load;
import dev.mekiki.benchmarks.load.Timekeeper;
import dev.mekiki.benchmarks.load.Workload;
import dev.mekiki.benchmarks.vitals.Footprint;
import dev.mekiki.cli.process.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Keeps a service busy for a long time with calls of every fate - embedded, recognised, broken, expired - and says
 * whether what it holds between the spells of load grows.
 */
@Command(
        name = "soak",
        description =
                "Long load of calls that succeed, fail and expire: growth of heap, native memory, threads and open"
                        + " files; exit code 1 if there is any. Needs Linux.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class SoakBenchmark implements Callable<Integer> {

    private static final long SEED = 2026;
    private static final int WARM_UP_SPELLS = 3;
    private static final int LEAST_SPELLS = 9;

    /** Shorter than an image takes while others are before it, so that calls end everywhere on their way. */
    private static final Duration SHORT_DEADLINE = Duration.ofMillis(5);

    /** Code that is compiled late and fragments of the allocator come and go by less. */
    private static final double MEMORY_TOLERANCE = 0.02;

    private static final double HEAP_TOLERANCE_MEGABYTES = 4;
    private static final double COUNT_TOLERANCE = 2;

    @Spec
    private CommandSpec command;

    @Mixin
    private ServiceUnderTest.Options service;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "10",
            description = "How long, warming up not counted, 0.5..10000; default ${DEFAULT-VALUE}.")
    private double minutes;

    @Option(
            names = "--megapixels",
            paramLabel = "M",
            defaultValue = "0.15",
            description = "Size of the photographs, 0.01..12.5; default ${DEFAULT-VALUE}.")
    private double megapixels;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "4",
            description = "Connections, used in turn, 1..1024; default ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "1g",
            description =
                    "The service's heap, fixed, so that growth of native memory is seen; default ${DEFAULT-VALUE}.")
    private String heap;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Where the figures go; left out: target/bench/soak.json.")
    private @Nullable Path json;

    /**
     * What was measured.
     *
     * @param calls that ended as they should, by kind
     * @param footprints one after each spell, the warm-up left out
     */
    record Report(
            String time,
            Machine machine,
            String model,
            Map<String, String> settings,
            double megapixels,
            double minutes,
            long embedded,
            long recognised,
            long broken,
            long expired,
            List<Footprint> footprints,
            List<Check> checks) {}

    /** Calls that are made side by side. */
    private record Kind(ClosedLoop loop, int lanes) {

        static Kind of(Connections lines, Workload workload, int lanes, Duration deadline) {
            Caller caller = new GrpcCaller(lines, workload, deadline);
            return new Kind(new ClosedLoop(caller, Timekeeper.SYSTEM), lanes);
        }
    }

    @Override
    public Integer call() throws IOException {
        new Range(0.5, 10_000).require(command, "--minutes", minutes);
        Range.MEGAPIXELS.require(command, "--megapixels", megapixels);
        Range.CONNECTIONS.require(command, "--connections", connections);
        Installation installation = Installation.current();
        Path figures = json != null ? json : installation.root().resolve(Path.of("target", "bench", "soak.json"));
        System.err.println("Starting the service, and drawing photographs.");
        String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        List<byte[]> images = Payloads.photographs(megapixels, SEED);
        try (ServiceUnderTest subject = ServiceUnderTest.start(
                        installation,
                        service.onnx(installation),
                        List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch"),
                        service,
                        Map.of());
                Connections lines = new Connections(subject.grpcPort(), connections)) {
            Duration deadline = Duration.ofSeconds(60);
            List<Kind> kinds = List.of(
                    Kind.of(lines, subject.embed(images), 16, deadline),
                    Kind.of(lines, subject.recognize(images), 16, deadline),
                    Kind.of(lines, subject.embedBroken(images), 2, deadline),
                    Kind.of(lines, subject.embed(images), 8, SHORT_DEADLINE));
            List<Load> loads = new ArrayList<>();
            List<Footprint> footprints = soak(subject, kinds, loads);
            List<Check> checks = checks(footprints);
            Report report = new Report(
                    time,
                    Machine.here(installation.root()),
                    subject.model(),
                    service.settings(),
                    megapixels,
                    minutes,
                    loads.get(0).answered() + loads.get(3).answered(),
                    loads.get(1).answered(),
                    loads.get(2).answered(),
                    loads.get(3).expired(),
                    footprints,
                    checks);
            JsonFile.write(figures, report);
            System.out.print(text(report));
            System.out.println("Figures: " + figures);
            return checks.stream().allMatch(Check::holds) ? 0 : 1;
        }
    }

    /** Loads and looks in turn; adds up the loads of each kind. */
    private List<Footprint> soak(ServiceUnderTest subject, List<Kind> kinds, List<Load> loads) {
        long seconds = Math.round(60 * minutes);
        Duration spell = Duration.ofSeconds(Math.clamp(seconds / LEAST_SPELLS, 1, 20));
        long spells = Math.max(LEAST_SPELLS, seconds / spell.toSeconds());
        List<Footprint> footprints = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(kinds.size())) {
            for (int i = -WARM_UP_SPELLS; i < spells; i++) {
                List<Future<Load>> running = kinds.stream()
                        .map(kind -> threads.submit(() -> kind.loop().run(kind.lanes(), spell)))
                        .toList();
                for (int k = 0; k < kinds.size(); k++) {
                    Load load = await(running.get(k));
                    if (loads.size() <= k) {
                        loads.add(load);
                    } else {
                        loads.set(k, loads.get(k).plus(load));
                    }
                }
                Footprint footprint = subject.vitals().footprint();
                System.err.println((i < 0 ? "Warming up: " : (i + 1) + " of " + spells + ": ") + line(footprint));
                if (i >= 0) {
                    footprints.add(footprint);
                }
            }
        }
        return footprints;
    }

    private static Load await(Future<Load> load) {
        try {
            return load.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    static List<Check> checks(List<Footprint> footprints) {
        double memory = footprints.getFirst().residentBytes();
        return List.of(
                Check.atMost(
                        "growth of the heap after a collection",
                        growth(footprints, Footprint::heapBytes) / (1 << 20),
                        HEAP_TOLERANCE_MEGABYTES,
                        "MB"),
                Check.atMost(
                        "growth of main memory, the heap being fixed",
                        100 * growth(footprints, Footprint::residentBytes) / memory,
                        100 * MEMORY_TOLERANCE,
                        "%"),
                Check.atMost("growth of threads", growth(footprints, Footprint::threads), COUNT_TOLERANCE, ""),
                Check.atMost("growth of open files", growth(footprints, Footprint::openFiles), COUNT_TOLERANCE, ""));
    }

    private static double growth(List<Footprint> footprints, Function<Footprint, Long> value) {
        return Growth.of(footprints.stream().map(value).toList());
    }

    private static String line(Footprint footprint) {
        return String.format(
                Locale.ROOT,
                "heap %,.1f MB, main memory %,d MB, %d threads, %d open files",
                footprint.heapBytes() / (double) (1 << 20),
                footprint.residentBytes() >> 20,
                footprint.threads(),
                footprint.openFiles());
    }

    static String text(Report report) {
        return String.format(
                        Locale.ROOT,
                        """
                        %s, %d processors, %s
                        %s, photographs of %.2f megapixels, %.1f minutes: %,d embedded, %,d recognised, %,d broken, %,d expired
                        first: %s
                        last:  %s

                        """,
                        report.machine().processor(),
                        report.machine().processors(),
                        report.machine().jvm(),
                        report.model(),
                        report.megapixels(),
                        report.minutes(),
                        report.embedded(),
                        report.recognised(),
                        report.broken(),
                        report.expired(),
                        line(report.footprints().getFirst()),
                        line(report.footprints().getLast()))
                + Check.table(report.checks());
    }
}
