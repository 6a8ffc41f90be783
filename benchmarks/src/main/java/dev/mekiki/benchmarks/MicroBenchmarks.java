package dev.mekiki.benchmarks;

import dev.mekiki.cli.process.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the benchmarks of package {@code micro}. */
@Command(
        name = "micro",
        description = "What single steps cost: nanoseconds and bytes an operation, by JMH.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class MicroBenchmarks implements Callable<Integer> {

    /** The command line of JMH's forks would have the class path in it, and ONNX Runtime crashes on long ones. */
    private static final String SEPARATE_CLASSPATH = "jmh.separateClasspathJAR";

    private static final String ALLOCATION = "gc.alloc.rate.norm";

    @Parameters(
            arity = "0..1",
            paramLabel = "PATTERN",
            defaultValue = "",
            description = "Regular expression of the names of benchmarks; left out: all.")
    private String pattern;

    @Option(names = "--quick", description = "One fork of short iterations: a look, not a measurement.")
    private boolean quick;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Where the figures go; left out: target/bench/micro.json.")
    private @Nullable Path json;

    record Report(String time, Machine machine, List<Row> rows) {}

    /**
     * @param benchmark class and method
     * @param parameters of it
     * @param threads that called it side by side
     * @param nanos an operation takes
     * @param error half the width of the 99.9 % confidence interval of {@code nanos}; NaN of too few iterations
     * @param bytes allocated an operation
     */
    record Row(
            String benchmark, Map<String, String> parameters, int threads, double nanos, double error, double bytes) {

        static Row of(RunResult run) {
            BenchmarkParams params = run.getParams();
            Map<String, String> parameters = new TreeMap<>();
            params.getParamsKeys().forEach(key -> parameters.put(key, params.getParam(key)));
            String name = params.getBenchmark();
            Result<?> result = run.getPrimaryResult();
            Result<?> allocated = run.getSecondaryResults().get(ALLOCATION);
            return new Row(
                    name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                    parameters,
                    params.getThreads(),
                    result.getScore(),
                    result.getScoreError(),
                    allocated == null ? Double.NaN : allocated.getScore());
        }
    }

    @Override
    public Integer call() throws IOException, RunnerException {
        Installation installation = Installation.current();
        Path figures = json != null ? json : installation.root().resolve(Path.of("target", "bench", "micro.json"));
        String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        System.setProperty(SEPARATE_CLASSPATH, "true");
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("dev\\.mekiki\\.benchmarks\\.micro\\..*" + pattern)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
        if (quick) {
            options.forks(1)
                    .warmupIterations(1)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(2)
                    .measurementTime(TimeValue.seconds(1));
        }
        Collection<RunResult> runs = new Runner(options.build()).run();
        Report report = new Report(
                time,
                Machine.here(installation.root()),
                runs.stream().map(Row::of).toList());
        JsonFile.write(figures, report);
        System.out.print(text(report));
        System.out.println("Figures: " + figures);
        return 0;
    }

    static String text(Report report) {
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%s, %d processors, %s%n%n%-60s %8s %16s %14s %12s%n",
                report.machine().processor(),
                report.machine().processors(),
                report.machine().jvm(),
                "",
                "threads",
                "ns/op",
                "±",
                "B/op"));
        for (Row row : report.rows()) {
            out.append(String.format(
                    Locale.ROOT,
                    "%-60s %8d %,16.1f %14s %,12.1f%n",
                    row.benchmark() + (row.parameters().isEmpty() ? "" : " " + row.parameters()),
                    row.threads(),
                    row.nanos(),
                    Double.isNaN(row.error()) ? "" : String.format(Locale.ROOT, "%,.1f", row.error()),
                    row.bytes()));
        }
        return out.toString();
    }
}
