package dev.mekiki.benchmarks;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a benchmark measured.
 *
 * @param time when it began, ISO 8601
 * @param machine where
 * @param model id of the model served
 * @param settings of the service, beyond its defaults
 * @param connections that the load came over
 * @param seed of images and arrivals
 * @param rounds how often each row and the limit were measured in turn
 * @param spellSeconds how long each time
 * @param payloads by size of the images
 */
record BenchmarkReport(
        String time,
        Machine machine,
        String model,
        Map<String, String> settings,
        int connections,
        long seed,
        int rounds,
        double spellSeconds,
        List<Payload> payloads) {

    /**
     * Images of one size.
     *
     * @param megapixels of each
     * @param meanBytes of each one's file
     * @param limit the same decode and model in one process
     * @param rows of the service
     */
    record Payload(double megapixels, long meanBytes, Limit limit, List<Row> rows) {

        Payload {
            rows = List.copyOf(rows);
        }
    }

    /**
     * @param setting the best of those tried
     * @param imagesPerSecond median of the rounds
     * @param slowestRound images per second
     * @param fastestRound images per second
     * @param cpuMillisPerImage of the whole process
     */
    record Limit(
            String setting,
            double imagesPerSecond,
            double slowestRound,
            double fastestRound,
            double cpuMillisPerImage) {}

    /**
     * @param method called
     * @param inFlight calls kept in flight, or 0 for an open loop
     * @param offeredPerSecond calls that were due
     * @param images answered
     * @param imagesPerSecond median of the rounds
     * @param slowestRound images per second
     * @param fastestRound images per second
     * @param ratio throughput in that of the limit; the load generator's own work is not taken off
     * @param latency of those answered
     * @param refused share of the calls that were refused for want of room, 0..1
     * @param cost of an image
     * @param batches share of the model's runs by how many images they had
     * @param micros where the time of a request goes, on average
     * @param cpuMicros CPU time an image takes, by kind of the service's threads; most first
     */
    record Row(
            String method,
            int inFlight,
            double offeredPerSecond,
            long images,
            double imagesPerSecond,
            double slowestRound,
            double fastestRound,
            double ratio,
            Latency latency,
            double refused,
            Cost cost,
            Map<String, Double> batches,
            Map<String, Double> micros,
            Map<String, Double> cpuMicros) {

        /** Its first columns, for people. */
        String load() {
            return inFlight > 0 ? Integer.toString(inFlight) : String.format(Locale.ROOT, "%.0f/s", offeredPerSecond);
        }

        /** What it is called in plots. */
        String name() {
            return inFlight > 0 ? method + ", " + inFlight + " in flight" : method + ", " + load();
        }
    }

    /**
     * Milliseconds, corrected for coordinated omission.
     *
     * @param uncorrectedP99Millis the 99th percentile of the calls that a closed loop made
     */
    record Latency(double p50Millis, double p99Millis, double p999Millis, double uncorrectedP99Millis) {}

    /**
     * What an image costs.
     *
     * @param cpuMillis of the whole server process
     * @param cpuRatio that in the limit's
     * @param clientCpuMillis of the load generator
     * @param allocatedBytes on the server's heap
     */
    record Cost(double cpuMillis, double cpuRatio, double clientCpuMillis, double allocatedBytes) {}

    BenchmarkReport {
        settings = Map.copyOf(settings);
        payloads = List.copyOf(payloads);
    }

    /** Several tables, with a newline at the end. */
    String text() {
        StringBuilder out = new StringBuilder();
        line(out, "%s, %d processors, %s", machine.processor(), machine.processors(), machine.jvm());
        line(
                out,
                "%s; connections: %d; rounds: %d of %.1f s%s",
                model,
                connections,
                rounds,
                spellSeconds,
                settings.isEmpty() ? "" : "; " + settings);
        for (Payload payload : payloads) {
            out.append('\n');
            line(
                    out,
                    "JPEG photographs of %.2f megapixels, %,d bytes on average",
                    payload.megapixels(),
                    payload.meanBytes());
            out.append('\n');
            table(out, payload);
            shares(out, "Runs of the model by images in them, %", payload, Row::batches, 100);
            shares(out, "Where the time of a request goes, µs on average", payload, Row::micros, 1);
            shares(out, "CPU time of the service by threads, µs an image", payload, Row::cpuMicros, 1);
        }
        out.append('\n');
        line(out, "The limit: decoding, preprocessing and ONNX Runtime in one process without gRPC, gallery or queue,");
        line(out, "at the best setting of those tried. The service shares its processors with the load generator.");
        line(out, "Calls a second instead of a number in flight: an open loop, latency from when a call was due.");
        return out.toString();
    }

    private static void table(StringBuilder out, Payload payload) {
        line(
                out,
                "%-10s %9s %9s %13s %8s %8s %8s %8s %8s %8s %8s %9s %8s",
                "",
                "in flight",
                "images/s",
                "rounds",
                "of limit",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "refused",
                "CPU ms",
                "of limit",
                "client ms",
                "kB alloc");
        for (Row row : payload.rows()) {
            line(
                    out,
                    "%-10s %9s %9.0f %13s %7.0f%% %8.2f %8.2f %8.2f %7.1f%% %8.2f %7.0f%% %9.3f %8.1f",
                    row.method(),
                    row.load(),
                    row.imagesPerSecond(),
                    range(row.slowestRound(), row.fastestRound()),
                    100 * row.ratio(),
                    row.latency().p50Millis(),
                    row.latency().p99Millis(),
                    row.latency().p999Millis(),
                    100 * row.refused(),
                    row.cost().cpuMillis(),
                    100 * row.cost().cpuRatio(),
                    row.cost().clientCpuMillis(),
                    row.cost().allocatedBytes() / 1000);
        }
        Limit limit = payload.limit();
        line(
                out,
                "%-10s %9s %9.0f %13s %7.0f%% %8s %8s %8s %8s %8.2f %7.0f%%   %s",
                "limit",
                "",
                limit.imagesPerSecond(),
                range(limit.slowestRound(), limit.fastestRound()),
                100.0,
                "",
                "",
                "",
                "",
                limit.cpuMillisPerImage(),
                100.0,
                limit.setting());
    }

    private static void shares(
            StringBuilder out, String title, Payload payload, Function<Row, Map<String, Double>> parts, double unit) {
        Set<String> columns = new LinkedHashSet<>();
        payload.rows().forEach(row -> columns.addAll(parts.apply(row).keySet()));
        if (columns.isEmpty()) {
            return;
        }
        out.append('\n');
        line(out, "%s", title);
        StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-10s %9s", "", "in flight"));
        columns.forEach(c -> head.append(' ').append(right(c, width(c))));
        line(out, "%s", head);
        for (Row row : payload.rows()) {
            StringBuilder cells = new StringBuilder(String.format(Locale.ROOT, "%-10s %9s", row.method(), row.load()));
            for (String c : columns) {
                Double value = parts.apply(row).get(c);
                cells.append(' ')
                        .append(right(
                                value == null ? "" : String.format(Locale.ROOT, "%,.0f", value * unit), width(c)));
            }
            line(out, "%s", cells);
        }
    }

    private static int width(String column) {
        return Math.max(7, column.length());
    }

    private static String right(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private static String range(double from, double to) {
        return String.format(Locale.ROOT, "%.0f–%.0f", from, to);
    }

    /** A copy of the map with at most {@code most} entries, the rest of it summed up under {@code rest}. */
    static Map<String, Double> largest(Map<String, Double> parts, int most, String rest) {
        Map<String, Double> kept = new LinkedHashMap<>();
        double others = 0;
        for (Map.Entry<String, Double> part : parts.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .toList()) {
            if (kept.size() < most) {
                kept.put(part.getKey(), part.getValue());
            } else {
                others += part.getValue();
            }
        }
        if (others > 0) {
            kept.merge(rest, others, Double::sum);
        }
        return kept;
    }

    private static void line(StringBuilder out, String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
