package dev.mekiki.benchmarks;

import dev.mekiki.report.chart.BarChart;
import dev.mekiki.report.chart.LineChart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Draws what a benchmark measured. */
final class BenchmarkPlots {

    private BenchmarkPlots() {}

    /**
     * Writes five files for each size of images: {@code throughput-0.15mp.svg} and so on.
     *
     * @param folder made if missing
     */
    static void write(BenchmarkReport report, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (BenchmarkReport.Payload payload : report.payloads()) {
            String size = String.format(Locale.ROOT, "%smp", number(payload.megapixels()));
            String title = report.model() + ", " + number(payload.megapixels()) + " megapixels";
            closed(payload, title, "images/s", BenchmarkReport.Row::imagesPerSecond)
                    .level("limit", payload.limit().imagesPerSecond())
                    .write(folder.resolve("throughput-" + size + ".svg"));
            closed(payload, title, "p99, ms", row -> row.latency().p99Millis())
                    .write(folder.resolve("p99-" + size + ".svg"));
            bars(payload, title, "runs of the model by images in them, %", row -> scaled(row.batches(), 100))
                    .write(folder.resolve("batches-" + size + ".svg"));
            bars(payload, title, "µs of a request", BenchmarkReport.Row::micros)
                    .write(folder.resolve("time-" + size + ".svg"));
            bars(payload, title, "CPU time of the service, µs an image", BenchmarkReport.Row::cpuMicros)
                    .bar("limit", Map.of("limit", payload.limit().cpuMillisPerImage() * 1000))
                    .write(folder.resolve("cpu-" + size + ".svg"));
        }
    }

    private static LineChart closed(
            BenchmarkReport.Payload payload, String title, String up, ToDoubleFunction<BenchmarkReport.Row> value) {
        Map<String, Map<Integer, Double>> lines = new LinkedHashMap<>();
        for (BenchmarkReport.Row row : payload.rows()) {
            if (row.inFlight() > 0) {
                lines.computeIfAbsent(row.method(), _ -> new LinkedHashMap<>())
                        .put(row.inFlight(), value.applyAsDouble(row));
            }
        }
        LineChart chart = new LineChart(title, "requests in flight", up);
        lines.forEach(chart::line);
        return chart;
    }

    private static BarChart bars(
            BenchmarkReport.Payload payload,
            String title,
            String across,
            Function<BenchmarkReport.Row, Map<String, Double>> parts) {
        BarChart chart = new BarChart(title, across);
        payload.rows().forEach(row -> chart.bar(row.name(), parts.apply(row)));
        return chart;
    }

    private static Map<String, Double> scaled(Map<String, Double> values, double by) {
        Map<String, Double> scaled = new LinkedHashMap<>();
        values.forEach((name, value) -> scaled.put(name, value * by));
        return scaled;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString(Math.round(value)) : String.format(Locale.ROOT, "%.2f", value);
    }
}
