package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.EMBEDDED;
import static dev.mekiki.helm.Chart.MILVUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mekiki.helm.Chart.Rendering;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every object that the chart can render is one that Kubernetes knows, and every query one that Prometheus can read.
 * {@code ./mekiki test} installs what knows them.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ManifestsTest {

    private static final String PYTHON = System.getProperty("mekiki.test.python", "");

    /** Between them they render all there is. */
    private static final List<List<String>> CASES = List.of(
            List.of(EMBEDDED),
            List.of(EMBEDDED, "gallery: {embedded: {storageClass: fast, keepImages: true, whenDeleted: Delete}}", """
                    metrics: {serviceMonitor: {enabled: true}, rules: {enabled: true}, dashboard: {enabled: true}}
                    networkPolicy: {callers: [{namespaceSelector: {}}], scrapers: [{namespaceSelector: {}}]}
                    imagePullSecrets: [{name: registry}]
                    podLabels: {a: b}
                    podAnnotations: {a: b}
                    nodeSelector: {a: b}
                    tolerations: [{operator: Exists}]
                    affinity: {podAntiAffinity: {}}
                    priorityClassName: high
                    service: {annotations: {a: b}}
                    serviceAccount: {annotations: {a: b}}
                    shutdown: {preStopSeconds: 0}
                    """),
            List.of(EMBEDDED, "model: {source: image, image: {reference: 'example/models:1'}}"),
            List.of(EMBEDDED, "model: {source: claim, claim: models}"),
            List.of(EMBEDDED, """
                    model:
                      source: download
                      download:
                        - {url: "https://models.example/documents-lcnet050.onnx", sha256: "%1$s"}
                        - {url: "https://models.example/documents-lcnet050.json", sha256: "%1$s"}
                    """.formatted("0".repeat(64))),
            List.of(MILVUS, "replicas: 3"),
            List.of(MILVUS, """
                    gallery:
                      milvus:
                        uri: https://milvus:19530
                        token: {secretName: milvus}
                        tls: {secretName: tls, clientCertificate: true}
                    networkPolicy: {milvus: [{ipBlock: {cidr: 10.0.0.0/8}}]}
                    podDisruptionBudget: {maxUnavailable: 25%}
                    """),
            List.of(MILVUS, "gpu: {enabled: true, runtimeClassName: nvidia}", "autoscaling: {kind: hpa}"),
            List.of(
                    MILVUS,
                    "gpu: {enabled: true, provider: tensorrt, engineCacheClaim: engines}",
                    "autoscaling: {kind: hpa, waitingImages: 4, waitingImagesMetric: waiting_images}"),
            List.of(MILVUS, """
                    gpu: {enabled: true}
                    autoscaling: {kind: keda, waitingImages: 4, prometheusAddress: "http://prometheus:9090"}
                    metrics: {rules: {enabled: true}, dashboard: {enabled: true}}
                    """));

    @TempDir
    Path folder;

    /** What the validator printed, and its exit code. */
    private record Verdict(String output, int code) {}

    @BeforeEach
    void requirePython() {
        assumeThat(PYTHON).as("a Python with kubernetes-validate").isNotEmpty();
    }

    @Test
    void allAreWhatKubernetesAndPrometheusKnow() throws Exception {
        List<String> queries = new ArrayList<>();
        for (int i = 0; i < CASES.size(); i++) {
            Rendering chart = Chart.render(CASES.get(i));
            Files.writeString(folder.resolve(i + ".yaml"), chart.text());
            MetricsTest.expressions(chart)
                    .forEach(query ->
                            queries.add(query.replace("$__rate_interval", "5m").replaceAll("\\s+", " ")));
        }
        Files.write(folder.resolve("all.promql"), queries);

        Verdict verdict = validate();

        assertThat(verdict.output()).contains("all as expected");
        assertThat(verdict.code()).isZero();
        assertThat(queries).hasSizeGreaterThan(30);
    }

    @Test
    void whatIsWrongIsFound() throws Exception {
        String broken = Chart.render(MILVUS).text().replace("minReadySeconds:", "minimumReadySeconds:");
        Files.writeString(folder.resolve("broken.yaml"), broken);
        Files.writeString(folder.resolve("broken.promql"), "sum by status (rate(mekiki_images_total[5m]))\n");

        Verdict verdict = validate();

        assertThat(verdict.code()).isEqualTo(1);
        for (String version : Chart.SUPPORTED) {
            assertThat(verdict.output())
                    .contains("broken.yaml: Deployment mekiki: Kubernetes " + version)
                    .contains("minimumReadySeconds");
        }
        assertThat(verdict.output()).contains("broken.promql: sum by status");
    }

    private Verdict validate() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(PYTHON, "src/test/python/manifests.py", folder.toString()));
        command.addAll(Chart.SUPPORTED);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Verdict(output, process.waitFor());
    }
}
