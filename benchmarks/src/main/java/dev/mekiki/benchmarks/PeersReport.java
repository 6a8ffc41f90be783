package dev.mekiki.benchmarks;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mekiki.report.chart.BarChart;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a table and plots of what a comparison with other servers wrote. */
@Command(
        name = "peers",
        description = {
            "Tables and plots of a comparison with other servers, from the lines that it wrote:",
            "peer, set of images, requests in flight, images a second and p99; medians of what was measured more than once."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class PeersReport implements Callable<Integer> {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "JSON, an object a line.")
    private Path file;

    @Option(names = "--to", paramLabel = "FOLDER", required = true, description = "For the plots; made if missing.")
    private Path folder;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "32",
            description = "Requests in flight; default ${DEFAULT-VALUE}.")
    private int inFlight;

    /** One spell of load. */
    record Spell(String peer, String images, double perSecond, double p99Millis) {}

    /** All spells of one peer with one set of images. */
    record Row(String peer, Rates perSecond, Rates p99Millis) {

        static Row of(String peer, List<Spell> spells) {
            return new Row(
                    peer,
                    new Rates(spells.stream().map(Spell::perSecond).toList()),
                    new Rates(spells.stream().map(Spell::p99Millis).toList()));
        }

        private String range() {
            return perSecond.values().size() == 1
                    ? ""
                    : String.format(Locale.ROOT, " (%,.0f–%,.0f)", perSecond.least(), perSecond.most());
        }
    }

    @Override
    public Integer call() throws IOException {
        Map<String, List<Row>> sets = rows(Files.readAllLines(file), inFlight);
        if (sets.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    file + ": no line with c: " + inFlight + " (expected: some, with peer and set)");
        }
        PrintWriter out = spec.commandLine().getOut();
        Files.createDirectories(folder);
        sets.forEach((images, rows) -> {
            out.print(table(images, rows));
            BarChart throughput = new BarChart(images + ", " + inFlight + " in flight", "images a second");
            BarChart tail = new BarChart(images + ", " + inFlight + " in flight", "p99, ms");
            for (Row row : rows) {
                throughput.bar(row.peer(), Map.of("images/s", row.perSecond().median()));
                tail.bar(row.peer(), Map.of("p99", row.p99Millis().median()));
            }
            throughput.write(folder.resolve("peers-" + images + "-throughput.svg"));
            tail.write(folder.resolve("peers-" + images + "-p99.svg"));
        });
        out.flush();
        return 0;
    }

    /**
     * By set of images, in the order of the lines, the fastest peer first.
     *
     * @param lines objects; those without {@code peer} and of other numbers in flight are passed over
     * @throws IOException if a line is not JSON
     */
    static SequencedMap<String, List<Row>> rows(List<String> lines, int inFlight) throws IOException {
        Map<String, Map<String, List<Spell>>> sets = new LinkedHashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line;
            try {
                line = JSON.readTree(lines.get(i));
            } catch (JacksonException e) {
                throw new IOException("line " + (i + 1) + ": " + e.getOriginalMessage() + " (expected: JSON)", e);
            }
            if (line.has("peer") && line.path("c").asInt() == inFlight) {
                Spell spell = new Spell(
                        line.get("peer").asText(),
                        line.path("set").asText(),
                        line.path("ips").asDouble(),
                        line.path("p99").asDouble());
                sets.computeIfAbsent(spell.images(), s -> new LinkedHashMap<>())
                        .computeIfAbsent(spell.peer(), p -> new ArrayList<>())
                        .add(spell);
            }
        }
        SequencedMap<String, List<Row>> rows = new LinkedHashMap<>();
        sets.forEach((images, peers) -> rows.put(
                images,
                peers.entrySet().stream()
                        .map(peer -> Row.of(peer.getKey(), peer.getValue()))
                        .sorted(Comparator.<Row>comparingDouble(
                                        row -> row.perSecond().median())
                                .reversed())
                        .toList()));
        return rows;
    }

    static String table(String images, List<Row> rows) {
        StringBuilder text = new StringBuilder("| " + images + " | images/s | p99 ms |\n|---|---|---|\n");
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f%s | %,.0f |%n",
                    row.peer(),
                    row.perSecond().median(),
                    row.range(),
                    row.p99Millis().median()));
        }
        return text.append('\n').toString();
    }
}
