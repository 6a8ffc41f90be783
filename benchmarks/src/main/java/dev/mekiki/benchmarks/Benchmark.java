package dev.mekiki.benchmarks;

import dev.mekiki.benchmarks.gallery.GalleryBenchmark;
import dev.mekiki.benchmarks.load.Caller;
import dev.mekiki.benchmarks.load.ClosedLoop;
import dev.mekiki.benchmarks.load.Connections;
import dev.mekiki.benchmarks.load.GrpcCaller;
import dev.mekiki.benchmarks.load.OpenLoop;
import dev.mekiki.benchmarks.load.Timekeeper;
import dev.mekiki.benchmarks.load.Workload;
import dev.mekiki.benchmarks.scaling.ScalingBenchmark;
import dev.mekiki.benchmarks.training.ClassesBenchmark;
import dev.mekiki.benchmarks.training.TrainingBenchmark;
import dev.mekiki.cli.process.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Starts a service in a process of its own and measures it at several numbers of calls in flight, and at rates that do
 * not wait for it, in turn with the same work done in this process without gRPC, so that a noisy machine is noisy for
 * both.
 */
@Command(
        name = "bench",
        description = "Throughput, latency and cost of the service, beside the limit of this machine.",
        subcommands = {
            OverloadBenchmark.class,
            SoakBenchmark.class,
            BesideBenchmark.class,
            MicroBenchmarks.class,
            GalleryBenchmark.class,
            TrainingBenchmark.class,
            ClassesBenchmark.class,
            PeersReport.class,
            ScalingBenchmark.class
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
public final class Benchmark implements Callable<Integer> {

    private static final long SEED = 2026;
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(60);

    /** What the service takes at once by default; more in flight than half of it, and the bench lets it take more. */
    private static final int DEFAULT_ADMISSION = 256;

    /** The compilers of both processes have much to do for some ten thousand requests. */
    private static final int WARM_UP_SPELLS = 6;

    private static final int WARM_UP_LANES = 32;

    /** Held, because the logging system forgets levels of loggers that nobody holds. */
    private static final List<Logger> CHATTY = List.of(Logger.getLogger("io.grpc"), Logger.getLogger("dev.mekiki"));

    /** Warns that OpenBLAS is of an older release than JavaCPP, which is so on purpose. */
    private static final Logger VERSIONS = Logger.getLogger("org.bytedeco.javacpp.Loader");

    /** What can be called. */
    private enum Method {
        Embed,
        Recognize
    }

    @Spec
    private CommandSpec command;

    @Mixin
    private ServiceUnderTest.Options service;

    @Option(names = "--quick", description = "One round of short spells: a look, not a measurement.")
    private boolean quick;

    @Option(
            names = "--megapixels",
            paramLabel = "M",
            split = ",",
            defaultValue = "0.15",
            description = "Sizes of the photographs, 0.01..12.5, each measured by itself; default ${DEFAULT-VALUE}.")
    private List<Double> megapixels;

    @Option(
            names = "--methods",
            paramLabel = "METHOD",
            split = ",",
            defaultValue = "Embed,Recognize",
            description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private List<Method> methods;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            split = ",",
            description = "Calls kept in flight, 1..4096; left out: 1,8,32,128, or 1,8,32 with --quick.")
    private @Nullable List<Integer> inFlight;

    @Option(
            names = "--open",
            paramLabel = "SHARE",
            split = ",",
            defaultValue = "0.5,0.8",
            description = "Open loops of the first method: shares of the best closed loop's rate, 0.01..1;"
                    + " default ${DEFAULT-VALUE}.")
    private List<Double> open;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "1",
            description = "Connections, used in turn, 1..1024; default ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often everything is measured in turn, 1..100; left out: 5, or 1 with --quick.")
    private @Nullable Integer rounds;

    @Option(
            names = "--spell",
            paramLabel = "SECONDS",
            description = "How long each time, 0.1..600; left out: 2.5, or 1 with --quick.")
    private @Nullable Double spellSeconds;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Where the figures go; left out: target/bench/bench.json.")
    private @Nullable Path json;

    @Option(
            names = "--plots",
            paramLabel = "FOLDER",
            description = "Where the plots go, as SVG; left out: target/bench/plots.")
    private @Nullable Path plots;

    /** Exit codes as those of the other commands: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        CHATTY.forEach(log -> log.setLevel(Level.WARNING));
        VERSIONS.setLevel(Level.SEVERE);
        System.exit(new CommandLine(new Benchmark())
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println("mekiki: " + failure.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        List<Integer> lanes = inFlight != null ? inFlight : quick ? List.of(1, 8, 32) : List.of(1, 8, 32, 128);
        int times = rounds != null ? rounds : quick ? 1 : 5;
        double seconds = spellSeconds != null ? spellSeconds : quick ? 1 : 2.5;
        check(lanes, times, seconds);
        Installation installation = Installation.current();
        Path folder = installation.root().resolve(Path.of("target", "bench"));
        Path figures = json != null ? json : folder.resolve("bench.json");
        Path drawings = plots != null ? plots : folder.resolve("plots");
        Path onnx = service.onnx(installation);
        int most = lanes.stream().mapToInt(n -> n).max().orElse(1);
        Map<String, String> defaults = 2 * most > DEFAULT_ADMISSION
                ? Map.of("mekiki.admission.max-requests", Integer.toString(2 * most))
                : Map.of();
        System.err.println("Starting the service.");
        String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        try (ServiceUnderTest subject = ServiceUnderTest.start(installation, onnx, List.of(), service, defaults);
                Connections lines = new Connections(subject.grpcPort(), connections)) {
            List<BenchmarkReport.Payload> payloads = new ArrayList<>();
            for (double size : megapixels) {
                System.err.printf("%s megapixels: drawing photographs.%n", size);
                List<byte[]> images = Payloads.photographs(size, SEED);
                payloads.add(measure(
                        subject,
                        lines,
                        onnx,
                        size,
                        images,
                        lanes,
                        times,
                        Duration.ofMillis(Math.round(1000 * seconds))));
            }
            Map<String, String> settings = new LinkedHashMap<>(defaults);
            settings.putAll(service.settings());
            BenchmarkReport report = new BenchmarkReport(
                    time,
                    Machine.here(installation.root()),
                    subject.model(),
                    settings,
                    connections,
                    SEED,
                    times,
                    seconds,
                    payloads);
            System.out.print(report.text());
            JsonFile.write(figures, report);
            BenchmarkPlots.write(report, drawings);
            System.out.println("Figures: " + figures + ", plots: " + drawings);
        }
        return 0;
    }

    private void check(List<Integer> lanes, int times, double seconds) {
        for (double size : megapixels) {
            Range.MEGAPIXELS.require(command, "--megapixels", size);
        }
        lanes.forEach(n -> new Range(1, 4096).require(command, "--in-flight", n));
        open.forEach(share -> new Range(0.01, 1).require(command, "--open", share));
        Range.CONNECTIONS.require(command, "--connections", connections);
        new Range(1, 100).require(command, "--rounds", times);
        new Range(0.1, 600).require(command, "--spell", seconds);
    }

    private BenchmarkReport.Payload measure(
            ServiceUnderTest subject,
            Connections lines,
            Path onnx,
            double size,
            List<byte[]> images,
            List<Integer> lanes,
            int times,
            Duration spell) {
        System.err.println("Warming up, and looking for the best setting of the limit.");
        List<Target> closed = new ArrayList<>();
        List<Target> opened = new ArrayList<>();
        for (Method method : methods) {
            Workload workload = switch (method) {
                case Embed -> subject.embed(images);
                case Recognize -> subject.recognize(images);
            };
            Caller caller = new GrpcCaller(lines, workload, CALL_DEADLINE);
            ClosedLoop closedLoop = new ClosedLoop(caller, Timekeeper.SYSTEM);
            for (int i = 0; i < WARM_UP_SPELLS; i++) {
                closedLoop.run(WARM_UP_LANES, spell);
            }
            lanes.forEach(n -> closed.add(Target.closed(method.name(), n, closedLoop)));
            if (method == methods.getFirst()) {
                OpenLoop openLoop =
                        new OpenLoop(caller, Timekeeper.SYSTEM, OpenLoop.mostOutstanding(Payloads.meanBytes(images)));
                List<Target> same = List.copyOf(closed);
                open.forEach(share -> opened.add(Target.open(method.name(), share, openLoop, same, SEED)));
            }
        }
        List<Target> targets = Stream.concat(closed.stream(), opened.stream()).toList();
        try (InProcess limit = best(onnx, images, spell.dividedBy(2))) {
            List<InProcess.Work> limits = new ArrayList<>();
            for (int round = 0; round < times; round++) {
                System.err.println("Round " + (round + 1) + " of " + times);
                if (round % 2 == 0) {
                    limits.add(limit.run(spell));
                }
                targets.forEach(target -> target.run(subject.vitals(), spell));
                if (round % 2 == 1) {
                    limits.add(limit.run(spell));
                }
            }
            Rates rates = new Rates(
                    limits.stream().map(InProcess.Work::imagesPerSecond).toList());
            BenchmarkReport.Limit limitRow = new BenchmarkReport.Limit(
                    limit.setting().toString(),
                    rates.median(),
                    rates.least(),
                    rates.most(),
                    limits.stream().reduce(InProcess.Work::plus).orElseThrow().cpuMillisPerImage());
            return new BenchmarkReport.Payload(
                    size,
                    Payloads.meanBytes(images),
                    limitRow,
                    targets.stream().map(target -> target.row(limitRow)).toList());
        }
    }

    /** Open, to be closed by the caller; the others are closed. */
    private static InProcess best(Path onnx, List<byte[]> images, Duration spell) {
        record Tried(InProcess.Setting setting, double rate) {}
        List<Tried> tried = new ArrayList<>();
        for (InProcess.Setting setting :
                InProcess.Setting.candidates(Runtime.getRuntime().availableProcessors())) {
            try (InProcess candidate = new InProcess(onnx, setting, images)) {
                candidate.run(spell);
                tried.add(new Tried(setting, candidate.run(spell).imagesPerSecond()));
            }
        }
        return new InProcess(
                onnx,
                tried.stream()
                        .max(Comparator.comparingDouble(Tried::rate))
                        .orElseThrow()
                        .setting(),
                images);
    }
}
