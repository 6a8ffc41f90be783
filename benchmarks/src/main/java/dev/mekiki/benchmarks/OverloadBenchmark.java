package dev.mekiki.benchmarks;

import dev.mekiki.benchmarks.load.Caller;
import dev.mekiki.benchmarks.load.ClosedLoop;
import dev.mekiki.benchmarks.load.Connections;
import dev.mekiki.benchmarks.load.GrpcCaller;
import dev.mekiki.benchmarks.load.Load;
import dev.mekiki.benchmarks.load.OpenLoop;
import dev.mekiki.benchmarks.load.Outcome;
import dev.mekiki.benchmarks.load.Timekeeper;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Sends a service more than it can do, as callers that do not wait for each other, and says whether it keeps doing what
 * it can, in time, refuses the rest at once, and recovers.
 */
@Command(
        name = "overload",
        description = "Twice what the service can do: goodput, latency, refusals, memory, recovery; exit code 1 if"
                + " something does not hold.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class OverloadBenchmark implements Callable<Integer> {

    private static final long SEED = 2026;

    private static final Duration MEMORY_PERIOD = Duration.ofMillis(250);
    private static final Duration RECOVERY_LIMIT = Duration.ofSeconds(30);
    private static final Duration PAUSE_OF_REFUSED = Duration.ofMillis(10);

    /** A best rate that is found before everything is compiled would be too easy to keep; refusing has to be as well. */
    private static final int WARM_UP_SPELLS = 4;

    /** Normal is up to so many times the 99th percentile of lone requests before. */
    private static final int NORMAL = 2;

    private static final int NORMAL_IN_A_ROW = 20;

    @Spec
    private CommandSpec command;

    @Mixin
    private ServiceUnderTest.Options service;

    @Option(
            names = "--megapixels",
            paramLabel = "M",
            defaultValue = "0.15",
            description = "Size of the photographs, 0.01..12.5; default ${DEFAULT-VALUE}.")
    private double megapixels;

    @Option(
            names = "--times",
            paramLabel = "X",
            defaultValue = "2",
            description = "How much more than the best rate, 1.1..10; default ${DEFAULT-VALUE}.")
    private double times;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "60",
            description = "How long, 3..3600; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "64",
            description =
                    "Calls in flight of the closed loop that finds the best rate, 1..1024; default ${DEFAULT-VALUE}.")
    private int inFlight;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "4",
            description = "Connections, used in turn, 1..1024; default ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--budget",
            paramLabel = "MS",
            defaultValue = "500",
            description =
                    "What the 99th percentile of answers has to stay within, milliseconds; default ${DEFAULT-VALUE}.")
    private int budgetMillis;

    @Option(
            names = "--refusal-limit",
            paramLabel = "MS",
            defaultValue = "100",
            description =
                    "What the 99th percentile of refusals has to stay within, milliseconds; default ${DEFAULT-VALUE}.")
    private int refusalMillis;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "1g",
            description = "The service's heap, fixed, so that growth of memory is seen; default ${DEFAULT-VALUE}.")
    private String heap;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Where the figures go; left out: target/bench/overload.json.")
    private @Nullable Path json;

    /**
     * What was measured.
     *
     * @param bestPerSecond answers of the closed loop
     * @param lone latency of single requests before, milliseconds
     * @param offeredPerSecond requests that were due
     * @param answeredPerSecond answers within the time of the overload
     * @param refusedPerSecond refusals within the time of the overload
     * @param answers latency from when a request was due, milliseconds
     * @param refusals the same of refusals
     * @param lag from when a request was due to when it was sent, milliseconds
     * @param unsent requests that were not sent because too many were under way
     * @param expired requests whose deadline passed
     * @param recoverySeconds until latency was normal again; infinite if that was not seen
     * @param megabytes of the service's main memory in the course of it
     */
    record Report(
            String time,
            Machine machine,
            String model,
            Map<String, String> settings,
            double megapixels,
            double times,
            int seconds,
            double bestPerSecond,
            Percentiles lone,
            double offeredPerSecond,
            double answeredPerSecond,
            double refusedPerSecond,
            Percentiles answers,
            Percentiles refusals,
            Percentiles lag,
            long unsent,
            long expired,
            double recoverySeconds,
            List<Long> megabytes,
            List<Check> checks) {}

    @Override
    public Integer call() throws IOException {
        Range.MEGAPIXELS.require(command, "--megapixels", megapixels);
        new Range(1.1, 10).require(command, "--times", times);
        new Range(3, 3600).require(command, "--seconds", seconds);
        new Range(1, 1024).require(command, "--in-flight", inFlight);
        Range.CONNECTIONS.require(command, "--connections", connections);
        new Range(1, 600_000).require(command, "--budget", budgetMillis);
        new Range(1, 600_000).require(command, "--refusal-limit", refusalMillis);
        Installation installation = Installation.current();
        Path figures = json != null ? json : installation.root().resolve(Path.of("target", "bench", "overload.json"));
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
            Report report = measure(subject, lines, images, time, Machine.here(installation.root()));
            JsonFile.write(figures, report);
            System.out.print(text(report));
            System.out.println("Figures: " + figures);
            return report.checks().stream().allMatch(Check::holds) ? 0 : 1;
        }
    }

    private Report measure(
            ServiceUnderTest subject, Connections lines, List<byte[]> images, String time, Machine machine) {
        GrpcCaller caller = new GrpcCaller(lines, subject.embed(images), Duration.ofSeconds(60));
        ClosedLoop closed = new ClosedLoop(caller, Timekeeper.SYSTEM);
        System.err.println("Warming up, and looking for the best rate.");
        Duration spell = Duration.ofSeconds(Math.min(5, seconds));
        int mostOutstanding = OpenLoop.mostOutstanding(Payloads.meanBytes(images));
        for (int i = 0; i < WARM_UP_SPELLS; i++) {
            Load load = closed.run(inFlight, spell);
            new OpenLoop(caller, Timekeeper.SYSTEM, mostOutstanding).run(times * load.rate(), spell, SEED);
        }
        Load lone = closed.run(1, spell);
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            rates.add(closed.run(inFlight, spell).rate());
        }
        double best = new Rates(rates).median();
        System.err.printf("%.0f images/s; now %.0f requests/s for %d s.%n", best, times * best, seconds);
        Ended ended = new Ended(caller);
        ConcurrentLinkedQueue<Long> memory = new ConcurrentLinkedQueue<>();
        OpenLoop.Offered offered;
        Duration normal = Duration.ofNanos(NORMAL * lone.latencies().getValueAtPercentile(99));
        Recovery recovery = new Recovery(normal, NORMAL_IN_A_ROW);
        double answered;
        double refused;
        try (ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor()) {
            var _ = sampler.scheduleAtFixedRate(
                    () -> memory.add(subject.vitals().residentBytes()),
                    0,
                    MEMORY_PERIOD.toNanos(),
                    TimeUnit.NANOSECONDS);
            offered = new OpenLoop(ended, Timekeeper.SYSTEM, mostOutstanding)
                    .offer(times * best, Duration.ofSeconds(seconds), SEED);
            sampler.shutdownNow();
            answered = (double) ended.answered() / seconds;
            refused = (double) ended.refused() / seconds;
            recover(caller, recovery);
        }
        OpenLoop.Spell all = offered.await();
        double recoverySeconds = recovery.after().map(d -> d.toNanos() / 1e9).orElse(Double.POSITIVE_INFINITY);
        List<Long> megabytes = memory.stream().map(bytes -> bytes >> 20).toList();
        Percentiles answers = Percentiles.of(all.load().latencies());
        Percentiles refusals = Percentiles.of(all.load().refusals());
        Percentiles lag = Percentiles.of(all.lag());
        double asked = times * best;
        double sent =
                (all.load().offered() - all.unsent()) / (all.load().elapsed().toNanos() / 1e9);
        List<Check> checks = List.of(
                Check.atLeast("sent, of the rate asked for", 100 * sent / asked, 98, "%"),
                Check.atLeast("goodput, of the best rate", 100 * answered / best, 95, "%"),
                Check.atMost("p99 of answers", answers.p99(), budgetMillis, "ms"),
                Check.atMost("p99 of refusals", refusals.p99(), refusalMillis, "ms"),
                Check.atMost("expired instead of refused", all.load().expired(), 0, ""),
                Check.atMost(
                        "growth of memory, of what it was", 100 * Growth.of(megabytes) / megabytes.getFirst(), 2, "%"),
                Check.atMost("until latency is normal again", recoverySeconds, 1, "s"));
        return new Report(
                time,
                machine,
                subject.model(),
                service.settings(),
                megapixels,
                times,
                seconds,
                best,
                Percentiles.of(lone.latencies()),
                all.load().offered() / (all.load().elapsed().toNanos() / 1e9),
                answered,
                refused,
                answers,
                refusals,
                lag,
                all.unsent(),
                all.load().expired(),
                recoverySeconds,
                megabytes,
                checks);
    }

    /** Sends single requests until it is known when latency was normal again. */
    private static void recover(Caller caller, Recovery recovery) {
        long end = System.nanoTime();
        while (recovery.after().isEmpty() && System.nanoTime() - end < RECOVERY_LIMIT.toNanos()) {
            CompletableFuture<Outcome> answer = new CompletableFuture<>();
            long sent = System.nanoTime();
            caller.ask(answer::complete);
            Outcome outcome = answer.join();
            long now = System.nanoTime();
            switch (outcome) {
                case Outcome.Answered _ ->
                    recovery.answered(Duration.ofNanos(sent - end), Duration.ofNanos(now - sent));
                case Outcome.Refused _ -> {
                    recovery.disturbed();
                    Timekeeper.SYSTEM.awaitUntil(now + PAUSE_OF_REFUSED.toNanos());
                }
                case Outcome.Expired _ -> recovery.disturbed();
                case Outcome.Failed failed -> throw new IllegalStateException(failed.reason());
            }
        }
    }

    /** Counts what has ended so far. */
    private static final class Ended implements Caller {

        private final Caller caller;
        private final LongAdder answered = new LongAdder();
        private final LongAdder refused = new LongAdder();

        Ended(Caller caller) {
            this.caller = caller;
        }

        @Override
        public void ask(Consumer<Outcome> ended) {
            caller.ask(outcome -> {
                switch (outcome) {
                    case Outcome.Answered _ -> answered.increment();
                    case Outcome.Refused _ -> refused.increment();
                    case Outcome.Expired _, Outcome.Failed _ -> {
                        // Counted by the loop.
                    }
                }
                ended.accept(outcome);
            });
        }

        long answered() {
            return answered.sum();
        }

        long refused() {
            return refused.sum();
        }
    }

    static String text(Report report) {
        return String.format(
                        Locale.ROOT,
                        """
                        %s, %d processors, %s
                        %s, photographs of %.2f megapixels; best rate %,.0f images/s; a lone request: p50 %.2f ms, p99 %.2f ms

                        %.1f times the best rate for %d s    a second   p50 ms   p99 ms  p99.9 ms
                        offered (lag of the generator)      %,8.0f %8.2f %8.2f  %8.2f
                        answered                            %,8.0f %8.2f %8.2f  %8.2f
                        refused                             %,8.0f %8.2f %8.2f  %8.2f
                        memory of the service: %,d..%,d MB; unsent: %,d

                        """,
                        report.machine().processor(),
                        report.machine().processors(),
                        report.machine().jvm(),
                        report.model(),
                        report.megapixels(),
                        report.bestPerSecond(),
                        report.lone().p50(),
                        report.lone().p99(),
                        report.times(),
                        report.seconds(),
                        report.offeredPerSecond(),
                        report.lag().p50(),
                        report.lag().p99(),
                        report.lag().p999(),
                        report.answeredPerSecond(),
                        report.answers().p50(),
                        report.answers().p99(),
                        report.answers().p999(),
                        report.refusedPerSecond(),
                        report.refusals().p50(),
                        report.refusals().p99(),
                        report.refusals().p999(),
                        report.megabytes().stream().mapToLong(m -> m).min().orElse(0),
                        report.megabytes().stream().mapToLong(m -> m).max().orElse(0),
                        report.unsent())
                + Check.table(report.checks());
    }
}
