package dev.mekiki.benchmarks;

import dev.mekiki.benchmarks.load.ClosedLoop;
import dev.mekiki.benchmarks.load.Connections;
import dev.mekiki.benchmarks.load.GrpcCaller;
import dev.mekiki.benchmarks.load.Load;
import dev.mekiki.benchmarks.load.OpenLoop;
import dev.mekiki.benchmarks.load.Timekeeper;
import dev.mekiki.cli.process.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has a service recognise at a steady rate while another command uses the same machine, and without it. */
@Command(
        name = "beside",
        description = "What callers notice of another command on the service's machine, such as"
                + " \"./mekiki analyse documents.parquet\": latency of recognition at the same rate before, meanwhile"
                + " and afterwards; exit code 1 if p99 meanwhile is too high.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class BesideBenchmark implements Callable<Integer> {

    private static final long SEED = 2026;
    private static final int IN_FLIGHT = 32;
    private static final int WARM_UP_SPELLS = 4;
    private static final Duration SPELL = Duration.ofSeconds(5);

    @Spec
    private CommandSpec command;

    @Mixin
    private ServiceUnderTest.Options service;

    @Parameters(
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "What runs beside, after \"--\"; a program and its arguments.")
    private List<String> other;

    @Option(
            names = "--megapixels",
            paramLabel = "M",
            defaultValue = "0.15",
            description = "Size of the photographs, 0.01..12.5; default ${DEFAULT-VALUE}.")
    private double megapixels;

    @Option(
            names = "--share",
            paramLabel = "SHARE",
            defaultValue = "0.3",
            description = "Rate of the callers, as a share of the best one, 0.01..1; default ${DEFAULT-VALUE}.")
    private double share;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "30",
            description = "How long without the command, before and afterwards, 5..3600; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--most",
            paramLabel = "X",
            defaultValue = "2",
            description =
                    "What p99 meanwhile may be, as a multiple of the higher one without, 1..100; default ${DEFAULT-VALUE}.")
    private double most;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Where the figures go; left out: target/bench/beside.json.")
    private @Nullable Path json;

    /**
     * What callers saw in a span of time.
     *
     * @param offeredPerSecond requests that were due
     * @param latency from when a request was due, milliseconds
     */
    record Span(String name, double seconds, double offeredPerSecond, long refused, Percentiles latency) {}

    /** @param bestPerSecond answers of the closed loop with {@value #IN_FLIGHT} in flight */
    record Report(
            String time,
            Machine machine,
            String model,
            Map<String, String> settings,
            List<String> command,
            double megapixels,
            double bestPerSecond,
            List<Span> spans,
            List<Check> checks) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Range.MEGAPIXELS.require(command, "--megapixels", megapixels);
        new Range(0.01, 1).require(command, "--share", share);
        new Range(5, 3600).require(command, "--seconds", seconds);
        new Range(1, 100).require(command, "--most", most);
        Installation installation = Installation.current();
        Path figures = json != null ? json : installation.root().resolve(Path.of("target", "bench", "beside.json"));
        String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        List<byte[]> images = Payloads.photographs(megapixels, SEED);
        System.err.println("Starting the service, and looking for the best rate.");
        try (ServiceUnderTest subject =
                        ServiceUnderTest.start(installation, service.onnx(installation), List.of(), service, Map.of());
                Connections lines = new Connections(subject.grpcPort(), 4)) {
            Report report = measure(subject, lines, images, time, Machine.here(installation.root()));
            JsonFile.write(figures, report);
            System.out.print(text(report));
            System.out.println("Figures: " + figures);
            return report.checks().stream().allMatch(Check::holds) ? 0 : 1;
        }
    }

    private Report measure(
            ServiceUnderTest subject, Connections lines, List<byte[]> images, String time, Machine machine)
            throws IOException, InterruptedException {
        GrpcCaller caller = new GrpcCaller(lines, subject.recognize(images), Duration.ofSeconds(60));
        ClosedLoop closed = new ClosedLoop(caller, Timekeeper.SYSTEM);
        double best = 0;
        for (int i = 0; i < WARM_UP_SPELLS; i++) {
            best = closed.run(IN_FLIGHT, SPELL).rate();
        }
        double rate = share * best;
        OpenLoop open = new OpenLoop(caller, Timekeeper.SYSTEM, OpenLoop.mostOutstanding(Payloads.meanBytes(images)));
        open.run(rate, SPELL, SEED);
        System.err.printf("%.0f images/s at best; now %.0f requests/s.%n", best, rate);
        Span before = span("before", open.run(rate, Duration.ofSeconds(seconds), SEED + 1));
        Process process = new ProcessBuilder(other)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Span meanwhile;
        try {
            meanwhile = whileAlive(process, open, rate);
        } finally {
            process.destroyForcibly();
        }
        if (process.waitFor() != 0) {
            throw new IllegalStateException(other + " ended with code " + process.exitValue());
        }
        Span after = span("afterwards", open.run(rate, Duration.ofSeconds(seconds), SEED + 2));
        double alone = Math.max(before.latency().p99(), after.latency().p99());
        return new Report(
                time,
                machine,
                subject.model(),
                service.settings(),
                other,
                megapixels,
                best,
                List.of(before, meanwhile, after),
                List.of(Check.atMost(
                        "p99 meanwhile, of that without", meanwhile.latency().p99() / alone, most, "x")));
    }

    /** In spells, of which the one that the command ends in counts for nothing. */
    private static Span whileAlive(Process process, OpenLoop open, double rate) {
        Histogram latencies = new Histogram(3);
        double elapsed = 0;
        long offered = 0;
        long refused = 0;
        for (long seed = SEED + 1_000; process.isAlive(); seed++) {
            Load load = open.run(rate, SPELL, seed).load();
            if (process.isAlive()) {
                latencies.add(load.latencies());
                elapsed += load.elapsed().toNanos() / 1e9;
                offered += load.offered();
                refused += load.refused();
            }
        }
        if (offered == 0) {
            throw new IllegalStateException("the command ended before " + SPELL.toSeconds() + " s were measured");
        }
        return new Span("meanwhile", elapsed, offered / elapsed, refused, Percentiles.of(latencies));
    }

    private static Span span(String name, OpenLoop.Spell spell) {
        Load load = spell.load();
        double elapsed = load.elapsed().toNanos() / 1e9;
        return new Span(name, elapsed, load.offered() / elapsed, load.refused(), Percentiles.of(load.latencies()));
    }

    private static String text(Report report) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%s, %d processors, %s%n%s, photographs of %.2f megapixels; best rate %,.0f images/s%n%s%n%n",
                report.machine().processor(),
                report.machine().processors(),
                report.machine().jvm(),
                report.model(),
                report.megapixels(),
                report.bestPerSecond(),
                String.join(" ", report.command())));
        text.append("                    s   a second   p50 ms   p99 ms  p99.9 ms  refused\n");
        for (Span span : report.spans()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-12s %8.0f %10.0f %8.2f %8.2f %9.2f %8d%n",
                    span.name(),
                    span.seconds(),
                    span.offeredPerSecond(),
                    span.latency().p50(),
                    span.latency().p99(),
                    span.latency().p999(),
                    span.refused()));
        }
        return text.append('\n').append(Check.table(report.checks())).toString();
    }
}
