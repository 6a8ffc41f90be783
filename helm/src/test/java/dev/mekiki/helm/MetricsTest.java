package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.EMBEDDED;
import static dev.mekiki.helm.Chart.MILVUS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.recognition.Admission;
import dev.mekiki.core.reembedding.ReembedStep;
import dev.mekiki.core.time.StageDurations;
import dev.mekiki.helm.Chart.Rendering;
import dev.mekiki.inference.session.ExecutionProvider;
import dev.mekiki.service.telemetry.Telemetry;
import io.grpc.Status;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is watched: alerts, dashboard and scaling ask for series that the service has. */
class MetricsTest {

    private static final String EVERYTHING = """
            metrics: {serviceMonitor: {enabled: true}, rules: {enabled: true}, dashboard: {enabled: true}}
            gpu: {enabled: true}
            autoscaling: {kind: keda, waitingImages: 4, prometheusAddress: "http://prometheus:9090"}
            """;

    private static final Pattern SERIES = Pattern.compile("(mekiki_\\w+)\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern EXPOSED = Pattern.compile("^(mekiki_\\w+)(?:\\{(.*)})? ", Pattern.MULTILINE);

    /** What a scrape adds. */
    private static final Set<String> OF_THE_TARGET = Set.of("namespace", "job", "pod");

    @Test
    void everySeriesThatIsAskedForExists() {
        Map<String, Map<String, Set<String>>> exposed = exposed();
        List<String> asked = expressions(Chart.render(MILVUS, EVERYTHING));

        assertThat(asked).hasSizeGreaterThan(25);
        for (String expression : asked) {
            List<MatchResult> series = SERIES.matcher(expression).results().toList();
            assertThat(series).as(expression).isNotEmpty();
            for (MatchResult one : series) {
                assertThat(exposed).as(expression).containsKey(one.group(1));
                Map<String, Set<String>> labels = exposed.getOrDefault(one.group(1), Map.of());
                MATCHER.matcher(one.group(2))
                        .results()
                        .filter(matcher -> !OF_THE_TARGET.contains(matcher.group(1)))
                        .forEach(matcher -> {
                            assertThat(labels).as(expression).containsKey(matcher.group(1));
                            assertThat(labels.getOrDefault(matcher.group(1), Set.of()))
                                    .as(expression)
                                    .containsAll(List.of(matcher.group(2).split("\\|")));
                        });
            }
        }
    }

    @Test
    void theDashboardShowsEveryMetricOfTheService() {
        String shown = Chart.render(MILVUS, EVERYTHING)
                .named("ConfigMap", "mekiki-dashboard")
                .at("/data/mekiki.json")
                .asText();

        assertThat(exposed().keySet().stream().map(MetricsTest::family).distinct())
                .allSatisfy(metric -> assertThat(shown).contains(metric));
    }

    @Test
    void theServiceMonitorScrapesEachPodOnce() {
        Rendering chart = Chart.render(
                EMBEDDED, "metrics: {serviceMonitor: {enabled: true, interval: 20s, labels: {release: prometheus}}}");
        JsonNode monitor = chart.only("ServiceMonitor");
        String port = monitor.at("/spec/endpoints/0/port").asText();

        assertThat(monitor.at("/metadata/labels/release").asText()).isEqualTo("prometheus");
        assertThat(monitor.at("/spec/endpoints/0/interval").asText()).isEqualTo("20s");
        assertThat(monitor.at("/spec/endpoints/0/path").asText()).isEqualTo("/q/metrics");
        assertThat(chart.all("Service").stream()
                        .filter(service -> service.at("/spec/ports")
                                .findValuesAsText("name")
                                .contains(port)))
                .hasSize(1);
        assertThat(chart.all("Service"))
                .allSatisfy(service -> monitor.at("/spec/selector/matchLabels")
                        .properties()
                        .forEach(label -> assertThat(
                                        service.at("/metadata/labels").path(label.getKey()))
                                .isEqualTo(label.getValue())));
    }

    @Test
    void everyAlertIsExplained() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "kubernetes.md"));
        JsonNode rules = Chart.render(MILVUS, EVERYTHING).only("PrometheusRule").at("/spec/groups/0/rules");

        assertThat(rules).hasSizeGreaterThan(5);
        assertThat(rules).allSatisfy(rule -> {
            assertThat(page).contains("| `" + rule.path("alert").asText() + "` |");
            assertThat(rule.at("/annotations/summary").asText()).isNotEmpty();
            assertThat(rule.at("/annotations/description").asText()).isNotEmpty();
            assertThat(rule.at("/labels/severity").asText()).isIn("warning", "critical");
        });
    }

    @Test
    void onlyGpusAreMissed() {
        assertThat(Chart.render(MILVUS, "metrics: {rules: {enabled: true}}")
                        .only("PrometheusRule")
                        .toString())
                .doesNotContain("MekikiOnCpu");
    }

    @Test
    void theBoundOfARecognitionIsSet() {
        assertThat(Chart.render(MILVUS, "metrics: {rules: {enabled: true, recognitionSeconds: 0.25}}")
                        .only("PrometheusRule")
                        .at("/spec/groups/0/rules")
                        .findValuesAsText("expr"))
                .anySatisfy(expression -> assertThat(expression).endsWith("> 0.25"));
    }

    @Test
    void aGallerysUnknownShareIsComparedOnlyWhereThereAreEnoughDecisions() {
        String expression = "";
        for (JsonNode rule : Chart.render(MILVUS, "metrics: {rules: {enabled: true}}")
                .only("PrometheusRule")
                .at("/spec/groups/0/rules")) {
            if (rule.path("alert").asText().equals("MekikiUnknownMoved")) {
                expression = rule.path("expr").asText();
            }
        }

        assertThat(expression).startsWith("abs(").doesNotContain("\n");
        assertThat(expression.chars().filter(c -> c == '('))
                .hasSameSizeAs(expression.chars().filter(c -> c == ')').boxed().toList());
        assertThat(expression.split("and ", -1)).hasSize(3);
        assertThat(expression).contains("[1h] offset 1w)) > 300");
    }

    @Test
    void nothingIsWatchedUnlessAsked() {
        Rendering chart = Chart.render(MILVUS);

        assertThat(chart.all("ServiceMonitor")).isEmpty();
        assertThat(chart.all("PrometheusRule")).isEmpty();
        assertThat(chart.all("ConfigMap")).hasSize(1);
    }

    /** All that Prometheus is asked, as it is written. */
    static List<String> expressions(Rendering chart) {
        List<String> expressions = new ArrayList<>();
        chart.all("PrometheusRule").forEach(rules -> expressions.addAll(rules.findValuesAsText("expr")));
        chart.all("ScaledObject").forEach(scaled -> expressions.addAll(scaled.findValuesAsText("query")));
        chart.all("ConfigMap").stream()
                .filter(map -> map.at("/data").has("mekiki.json"))
                .forEach(map -> expressions.addAll(
                        Chart.yaml(map.at("/data/mekiki.json").asText()).findValuesAsText("expr")));
        return expressions;
    }

    /** What Prometheus sees once everything has happened: the values of each label by series. */
    private static Map<String, Map<String, Set<String>>> exposed() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Telemetry telemetry = new Telemetry(registry);
        telemetry.watchAdmission(new Admission(1, Duration.ofSeconds(1)));
        telemetry.watchCalls(() -> 0, () -> 0, 1);
        telemetry.watchEmbedders(() -> 0, () -> 0);
        for (ExecutionProvider provider : ExecutionProvider.values()) {
            telemetry.serves(new EmbeddingSpace("documents@1", 256, "digest"), provider);
        }
        for (Status.Code status : Status.Code.values()) {
            telemetry.callEnded("mekiki.v1.Recognition/Recognize", status, Duration.ofMillis(1));
            telemetry.streamAnswered(status);
        }
        GalleryId gallery = new GalleryId("documents");
        Match match = new Match(new RegistrationId("r1"), LabelPath.of("passport"), new ExactScore(.8));
        StageDurations durations = StageDurations.NONE;
        telemetry.recognised(
                gallery, new Recognition.Known(match.label(), match.score(), Optional.of(.1), .7), durations);
        telemetry.recognised(
                gallery,
                new Recognition.Unknown(Recognition.Reason.BELOW_THRESHOLD, Optional.of(match), .9),
                durations);
        telemetry.reembedded(new ReembedStep(1, 1, 1, 1, List.of(), Optional.empty()));
        Map<String, Map<String, Set<String>>> exposed = new TreeMap<>();
        EXPOSED.matcher(registry.scrape()).results().forEach(series -> {
            Map<String, Set<String>> labels = exposed.computeIfAbsent(series.group(1), _ -> new TreeMap<>());
            Stream.ofNullable(series.group(2))
                    .flatMap(text -> MATCHER.matcher(text).results())
                    .forEach(label -> labels.computeIfAbsent(label.group(1), _ -> new TreeSet<>())
                            .add(label.group(2)));
        });
        return exposed;
    }

    /** The metric that a series belongs to. */
    private static String family(String series) {
        return series.replaceFirst("_(bucket|sum|count|max)$", "");
    }
}
