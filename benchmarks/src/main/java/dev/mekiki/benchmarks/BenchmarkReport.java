package dev.mekiki.benchmarks;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a benchmark measured.
 *
 * @param time when it began, ISO 8601
 * @param machine where
 * @param model id of the model served
 * @param megapixels of each image
 * @param meanBytes of each image's file
 * @param seed of the images
 * @param rounds how often each row and the limit were measured in turn
 * @param limit the same decode and model in one process
 * @param rows of the service
 */
record BenchmarkReport(
        String time,
        Machine machine,
        String model,
        double megapixels,
        long meanBytes,
        long seed,
        int rounds,
        Limit limit,
        List<Row> rows) {

    /**
     * @param setting the best of those tried
     * @param cpuMillisPerImage of the whole process
     */
    record Limit(String setting, double imagesPerSecond, double cpuMillisPerImage) {}

    /**
     * @param method called
     * @param ratio throughput in that of the limit; the load generator's own work is not taken off
     * @param serverCpuMillisPerImage of the whole server process
     */
    record Row(
            String method,
            int inFlight,
            long images,
            double imagesPerSecond,
            double ratio,
            double p50Millis,
            double p99Millis,
            double p999Millis,
            double serverCpuMillisPerImage) {}

    BenchmarkReport {
        rows = List.copyOf(rows);
    }

    /** Several lines, with a newline at the end. */
    String table() {
        StringBuilder out = new StringBuilder();
        line(out, "%s, %d processors, %s", machine.processor(), machine.processors(), machine.jvm());
        line(
                out,
                "%s; JPEG photographs of %.2f megapixels, %,d bytes on average; rounds: %d",
                model,
                megapixels,
                meanBytes,
                rounds);
        out.append('\n');
        line(
                out,
                "%-10s %9s %9s %9s %8s %8s %8s %14s",
                "",
                "in flight",
                "images/s",
                "of limit",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "CPU ms/image");
        for (Row row : rows) {
            line(
                    out,
                    "%-10s %9d %9.0f %8.0f%% %8.2f %8.2f %8.2f %14.2f",
                    row.method(),
                    row.inFlight(),
                    row.imagesPerSecond(),
                    100 * row.ratio(),
                    row.p50Millis(),
                    row.p99Millis(),
                    row.p999Millis(),
                    row.serverCpuMillisPerImage());
        }
        line(
                out,
                "%-10s %9s %9.0f %8.0f%% %8s %8s %8s %14.2f",
                "limit",
                "",
                limit.imagesPerSecond(),
                100.0,
                "",
                "",
                "",
                limit.cpuMillisPerImage());
        out.append('\n');
        line(out, "The limit: decoding, preprocessing and ONNX Runtime in one process without gRPC, gallery or queue;");
        line(
                out,
                "%s, the best of those tried. The service shares its processors with the load generator.",
                limit.setting());
        return out.toString();
    }

    void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        JsonMapper json =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        Files.writeString(file, json.writeValueAsString(this) + "\n");
    }

    private static void line(StringBuilder out, String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
