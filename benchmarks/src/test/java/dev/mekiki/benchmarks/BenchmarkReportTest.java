package dev.mekiki.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkReportTest {

    private static final BenchmarkReport REPORT = new BenchmarkReport(
            "2026-01-02T03:04:05Z",
            new Machine("Some Processor", 2, "Linux", "Some VM", "abc1234"),
            "documents@2",
            Map.of(),
            1,
            2026,
            5,
            2.5,
            List.of(new BenchmarkReport.Payload(
                    0.15,
                    33_041,
                    new BenchmarkReport.Limit("2 threads, batches of 4", 1400, 1390, 1410, 1.4),
                    List.of(row("Embed", 1, 300), row("Embed", 32, 1190), row("Embed", 0, 595)))));

    @TempDir
    private Path folder;

    private static BenchmarkReport.Row row(String method, int inFlight, double rate) {
        Map<String, Double> micros = new LinkedHashMap<>();
        micros.put("gRPC", 500.0);
        micros.put("decode", 1234.0);
        return new BenchmarkReport.Row(
                method,
                inFlight,
                rate,
                1000,
                rate,
                rate - 10,
                rate + 10,
                rate / 1400,
                new BenchmarkReport.Latency(3.5, 9.25, 12, 9),
                0.005,
                new BenchmarkReport.Cost(1.61, 1.15, 0.05, 61_500),
                Map.of("4", 0.75),
                micros,
                Map.of("mekiki-decode", 840.0));
    }

    @Test
    void putsTheServiceBesideTheLimit() {
        List<List<String>> lines = REPORT.text()
                .lines()
                .map(line -> List.of(line.strip().split("\\s{2,}| (?=[0-9])")))
                .toList();

        assertThat(lines)
                .contains(List.of(
                        "Embed",
                        "32",
                        "1190",
                        "1180–1200",
                        "85%",
                        "3.50",
                        "9.25",
                        "12.00",
                        "0.5%",
                        "1.61",
                        "115%",
                        "0.050",
                        "61.5"))
                .contains(List.of("Embed", "32", "500", "1,234"))
                .contains(List.of("Embed", "32", "75"));
        assertThat(REPORT.text())
                .contains("33,041 bytes on average")
                .contains("595/s")
                .containsPattern("limit +1400 +1390–1410 +100% .* 1.40 +100% +2 threads, batches of 4");
    }

    @Test
    void writesTheFiguresAsJson() throws IOException {
        Path file = folder.resolve("made").resolve("bench.json");
        JsonFile.write(file, REPORT);

        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        assertThat(json.at("/payloads/0/rows/1/cost/cpuRatio").asDouble()).isEqualTo(1.15);
        assertThat(json.at("/payloads/0/limit/imagesPerSecond").asDouble()).isEqualTo(1400);
        assertThat(json.at("/machine/code").asText()).isEqualTo("abc1234");
    }

    @Test
    void drawsEachSizeOfImages() throws IOException {
        BenchmarkPlots.write(REPORT, folder);

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "throughput-0.15mp.svg",
                            "p99-0.15mp.svg",
                            "batches-0.15mp.svg",
                            "time-0.15mp.svg",
                            "cpu-0.15mp.svg");
        }
        assertThat(folder.resolve("throughput-0.15mp.svg"))
                .content()
                .contains("Embed, 32: 1,190")
                .contains("limit")
                .doesNotContain("595");
    }

    @Test
    void sumsUpWhatIsSmall() {
        assertThat(BenchmarkReport.largest(Map.of("a", 1.0, "b", 5.0, "c", 3.0, "d", 2.0), 2, "rest"))
                .containsExactly(entry("b", 5.0), entry("c", 3.0), entry("rest", 3.0));
    }
}
