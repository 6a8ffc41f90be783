package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.EMBEDDED;
import static dev.mekiki.helm.Chart.MILVUS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No value is without effect. */
class EveryValueTest {

    private static final String DIGEST = "0".repeat(64);
    private static final String FILES = """
            [{url: "https://models.example/documents-lcnet050.onnx", sha256: "%1$s"},
             {url: "https://models.example/documents-lcnet050.json", sha256: "%1$s"}]
            """.formatted(DIGEST);
    private static final String TLS = "gallery: {milvus: {uri: 'https://milvus:19530', tls: {secretName: tls}}}";
    private static final String TOKENS = "access: {secretName: access, tokens:"
            + " {issuer: 'https://accounts.example', audience: mekiki, keys: 'https://accounts.example/keys'}}";
    private static final String DOWNLOAD = "model: {source: download, download: " + FILES + "}";
    private static final String HPA = "autoscaling: {kind: hpa}";
    private static final String KEDA =
            "autoscaling: {kind: keda, waitingImages: 4, prometheusAddress: 'http://prometheus:9090'}";
    private static final String GPU = "gpu: {enabled: true}";

    /** The value, the values under which it matters, and another value than it has there. */
    static Stream<Arguments> values() {
        return Stream.of(
                value("image.repository", EMBEDDED, "", "example/other"),
                value("image.tag", EMBEDDED, "", "other"),
                value("image.digest", EMBEDDED, "", "sha256:" + DIGEST),
                value("image.pullPolicy", EMBEDDED, "", "Always"),
                value("imagePullSecrets", EMBEDDED, "", "[{name: registry}]"),
                value("tls.secretName", EMBEDDED, "", "tls"),
                value("tls.clientCertificates", EMBEDDED, "tls: {secretName: tls}", "true"),
                value("access.secretName", EMBEDDED, "", "access"),
                value("access.key", EMBEDDED, "access: {secretName: access}", "other.yaml"),
                value("access.tokens.issuer", EMBEDDED, TOKENS, "https://other.example"),
                value("access.tokens.audience", EMBEDDED, TOKENS, "other"),
                value("access.tokens.keys", EMBEDDED, TOKENS, "https://other.example/keys"),
                value("replicas", MILVUS, "", "5"),
                value("gallery.embedded.size", EMBEDDED, "", "20Gi"),
                value("gallery.embedded.storageClass", EMBEDDED, "", "fast"),
                value("gallery.embedded.accessMode", EMBEDDED, "", "ReadWriteOncePod"),
                value("gallery.embedded.keepImages", EMBEDDED, "", "true"),
                value("gallery.embedded.whenDeleted", EMBEDDED, "", "Delete"),
                value("gallery.backend", MILVUS, "", "embedded"),
                value("gallery.milvus.uri", MILVUS, "", "http://other:19530"),
                value("gallery.milvus.database", MILVUS, "", "other"),
                value("gallery.milvus.prefix", MILVUS, "", "other"),
                value("gallery.milvus.token.secretName", MILVUS, "", "milvus"),
                value("gallery.milvus.token.key", MILVUS, "gallery: {milvus: {token: {secretName: a}}}", "other"),
                value("gallery.milvus.tls.secretName", MILVUS, TLS, "other"),
                value("gallery.milvus.tls.clientCertificate", MILVUS, TLS, "true"),
                value("gallery.milvus.tls.serverName", MILVUS, TLS, "milvus"),
                value("model.source", EMBEDDED, "model: {claim: models}", "claim"),
                value("model.file", EMBEDDED, "", "other.onnx"),
                value("model.more", EMBEDDED, "", "[other.onnx]"),
                value("model.image.reference", EMBEDDED, "model: {source: image, image: {reference: a}}", "other"),
                value("model.image.pullPolicy", EMBEDDED, "model: {source: image, image: {reference: a}}", "Always"),
                value("model.claim", EMBEDDED, "model: {source: claim, claim: a}", "other"),
                value("model.download", EMBEDDED, DOWNLOAD, FILES.replace("models.example", "other.example")),
                value("config", EMBEDDED, "", "{mekiki.inference.latency-budget: 500ms}"),
                value("resources.requests.cpu", EMBEDDED, "", "'3'"),
                value("resources.requests.memory", EMBEDDED, "", "1Gi"),
                value("resources.limits.memory", EMBEDDED, "", "3Gi"),
                value("jvm.heapPercent", EMBEDDED, "", "40"),
                value("jvm.options", EMBEDDED, "", "['-Xlog:gc']"),
                value("gpu.enabled", EMBEDDED, "", "true"),
                value("gpu.count", EMBEDDED, GPU, "2"),
                value("gpu.resource", EMBEDDED, GPU, "nvidia.com/mig-1g.10gb"),
                value("gpu.runtimeClassName", EMBEDDED, GPU, "nvidia"),
                value("gpu.provider", EMBEDDED, GPU, "tensorrt"),
                value("gpu.batchSizes", EMBEDDED, GPU, "'1,2'"),
                value("gpu.tolerateTaint", EMBEDDED, GPU, "false"),
                value("gpu.engineCacheClaim", EMBEDDED, "gpu: {enabled: true, provider: tensorrt}", "engines"),
                value("shutdown.preStopSeconds", EMBEDDED, "", "11"),
                value("shutdown.drainSeconds", EMBEDDED, "", "31"),
                value("shutdown.closeSeconds", EMBEDDED, "", "16"),
                value("connections.maxAgeSeconds", MILVUS, "", "0"),
                value("rollout.maxSurge", MILVUS, "", "2"),
                value("rollout.maxUnavailable", MILVUS, "", "1"),
                value("podDisruptionBudget.enabled", MILVUS, "", "false"),
                value("podDisruptionBudget.maxUnavailable", MILVUS, "", "2"),
                value("topologySpread.zones", MILVUS, "", "None"),
                value("topologySpread.nodes", MILVUS, "", "None"),
                value("autoscaling.kind", MILVUS, "", "hpa"),
                value("autoscaling.minReplicas", MILVUS, HPA, "3"),
                value("autoscaling.maxReplicas", MILVUS, HPA, "11"),
                value("autoscaling.cpuPercent", MILVUS, HPA, "60"),
                value("autoscaling.waitingImages", MILVUS, KEDA, "5"),
                value(
                        "autoscaling.waitingImagesMetric",
                        MILVUS,
                        "autoscaling: {kind: hpa, waitingImages: 4, waitingImagesMetric: a}",
                        "other"),
                value("autoscaling.prometheusAddress", MILVUS, KEDA, "http://other:9090"),
                value("autoscaling.scaleDownSeconds", MILVUS, HPA, "301"),
                value("metrics.serviceMonitor.enabled", EMBEDDED, "", "true"),
                value("metrics.serviceMonitor.interval", EMBEDDED, "metrics: {serviceMonitor: {enabled: true}}", "31s"),
                value(
                        "metrics.serviceMonitor.labels",
                        EMBEDDED,
                        "metrics: {serviceMonitor: {enabled: true}}",
                        "{a: b}"),
                value("metrics.rules.enabled", EMBEDDED, "", "true"),
                value("metrics.rules.recognitionSeconds", EMBEDDED, "metrics: {rules: {enabled: true}}", "2"),
                value("metrics.rules.labels", EMBEDDED, "metrics: {rules: {enabled: true}}", "{a: b}"),
                value("metrics.dashboard.enabled", EMBEDDED, "", "true"),
                value(
                        "metrics.dashboard.labels.grafana_dashboard",
                        EMBEDDED,
                        "metrics: {dashboard: {enabled: true}}",
                        "'2'"),
                value("tracing.endpoint", EMBEDDED, "", "http://collector:4318/v1/traces"),
                value("tracing.share", EMBEDDED, "tracing: {endpoint: 'http://collector:4318/v1/traces'}", "0.5"),
                value("networkPolicy.enabled", EMBEDDED, "", "false"),
                value("networkPolicy.callers", EMBEDDED, "", "[{namespaceSelector: {}}]"),
                value("networkPolicy.scrapers", EMBEDDED, "", "[{namespaceSelector: {}}]"),
                value("networkPolicy.milvus", MILVUS, "", "[{namespaceSelector: {}}]"),
                value("serviceAccount.annotations", EMBEDDED, "", "{a: b}"),
                value("service.annotations", EMBEDDED, "", "{a: b}"),
                value("curlImage", EMBEDDED, "", "example/curl:1"),
                value("podLabels", EMBEDDED, "", "{a: b}"),
                value("podAnnotations", EMBEDDED, "", "{a: b}"),
                value("nodeSelector", EMBEDDED, "", "{a: b}"),
                value("tolerations", EMBEDDED, "", "[{operator: Exists}]"),
                value("affinity", EMBEDDED, "", "{nodeAffinity: {}}"),
                value("priorityClassName", EMBEDDED, "", "high"),
                value("nameOverride", EMBEDDED, "", "other"),
                value("fullnameOverride", EMBEDDED, "", "other"));
    }

    private static Arguments value(String path, String base, String context, String other) {
        return Arguments.of(path, base, context.isEmpty() ? "{}" : context, other);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void everyValueChangesWhatIsInstalled(String path, String base, String context, String other) {
        List<String> names = List.of(path.split("\\."));
        String changed = names.reversed().stream()
                .reduce(other, (inner, name) -> "{" + name + ": " + inner + "}", (left, right) -> right);

        assertThat(Chart.render(base, context, changed).text())
                .isNotEqualTo(Chart.render(base, context).text());
    }

    @Test
    void noValueIsLeftOut() {
        Set<String> tried = new TreeSet<>();
        values().forEach(arguments -> tried.add((String) arguments.get()[0]));
        // RefusalsTest has it: there is no rendering without.
        tried.add("insecureListenAllowed");
        List<String> leaves = new ArrayList<>();
        collect("", Chart.yaml(Chart.FOLDER.resolve("values.yaml")), leaves);

        assertThat(tried).containsExactlyInAnyOrderElementsOf(leaves);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kubernetes.md", "gpu.md"})
    void thePagesNameValuesThatThereAre(String page) throws IOException {
        JsonNode values = Chart.yaml(Chart.FOLDER.resolve("values.yaml"));
        String text = Files.readString(Path.of("..", "docs", page));
        List<String> named = Pattern.compile("--set ([A-Za-z.]+)=|`([a-z][A-Za-z]+(?:\\.[A-Za-z]+)+)(?:=[^`]*)?`")
                .matcher(text)
                .results()
                .map(name -> name.group(1) != null ? name.group(1) : name.group(2))
                .filter(name -> values.has(name.split("\\.")[0]))
                .toList();

        assertThat(named)
                .hasSizeGreaterThan(5)
                .allSatisfy(name -> assertThat(
                                values.at("/" + name.replace('.', '/')).isMissingNode())
                        .as(name)
                        .isFalse());
    }

    /** The schema of the values, which refuses what it does not know, knows all of them and no more. */
    @Test
    void theSchemaKnowsEveryValue() {
        JsonNode schema = Chart.yaml(Chart.FOLDER.resolve("values.schema.json"));
        List<String> known = new ArrayList<>();
        collectProperties("", schema, known);
        // Helm's own.
        known.remove("global");
        // Not set unless asked for.
        known.remove("resources.limits.cpu");
        List<String> leaves = new ArrayList<>();
        collect("", Chart.yaml(Chart.FOLDER.resolve("values.yaml")), leaves);
        leaves.replaceAll(leaf -> leaf.replaceFirst("\\.grafana_dashboard$", ""));

        assertThat(known).containsExactlyInAnyOrderElementsOf(leaves);
    }

    private static void collect(String path, JsonNode node, List<String> leaves) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(child -> collect(
                            path.isEmpty() ? child.getKey() : path + "." + child.getKey(), child.getValue(), leaves));
        } else {
            leaves.add(path);
        }
    }

    private static void collectProperties(String path, JsonNode schema, List<String> known) {
        if (schema.has("properties")) {
            schema.path("properties")
                    .properties()
                    .forEach(child -> collectProperties(
                            path.isEmpty() ? child.getKey() : path + "." + child.getKey(), child.getValue(), known));
        } else {
            known.add(path);
        }
    }
}
