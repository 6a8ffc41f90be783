package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.EMBEDDED;
import static dev.mekiki.helm.Chart.MILVUS;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkov finds nothing in what the chart renders and in the image's recipe but what docs/security.md gives reasons
 * for. {@code ./mekiki test} installs it.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class PolicyTest {

    private static final String PYTHON = System.getProperty("mekiki.test.python", "");

    /** By digest, as whoever installs the chart can name images. */
    private static final String PINNED = """
            image: {digest: "sha256:%1$s"}
            curlImage: curlimages/curl@sha256:%1$s
            """.formatted("0".repeat(64));

    /** Between them they render all that a policy may be about. */
    private static final Map<String, List<String>> CASES = Map.of(
            "embedded",
            List.of(EMBEDDED, PINNED, "tls: {secretName: tls}", "access: {secretName: access}"),
            "download",
            List.of(EMBEDDED, PINNED, """
                    model:
                      source: download
                      file: a.onnx
                      download:
                        - {url: "https://models.example/a.onnx", sha256: "%1$s"}
                        - {url: "https://models.example/a.json", sha256: "%1$s"}
                    """.formatted("0".repeat(64))),
            "milvus",
            List.of(MILVUS, PINNED, """
                    gallery: {milvus: {uri: "https://milvus:19530", token: {secretName: a}, tls: {secretName: b}}}
                    metrics: {serviceMonitor: {enabled: true}, rules: {enabled: true}, dashboard: {enabled: true}}
                    """),
            "gpu",
            List.of(MILVUS, PINNED, "gpu: {enabled: true}", "autoscaling: {kind: hpa}"));

    /** What is left on purpose, by check, and where that is found; docs/security.md says why. */
    private static final Map<String, Set<String>> LEFT = Map.of(
            "CKV_DOCKER_2", Set.of("Dockerfile"),
            "CKV_DOCKER_7", Set.of("Dockerfile"),
            "CKV_K8S_8", Set.of("Pod mekiki-ready"),
            "CKV_K8S_9", Set.of("Pod mekiki-ready"),
            "CKV_K8S_11", Set.of("Deployment mekiki", "Pod mekiki-ready", "StatefulSet mekiki"),
            "CKV_K8S_35", Set.of("Deployment mekiki"));

    @TempDir
    Path folder;

    @BeforeEach
    void requirePython() {
        assumeThat(PYTHON).as("a Python with checkov").isNotEmpty();
    }

    @Test
    void nothingIsFoundButWhatHasAReason() throws Exception {
        for (Map.Entry<String, List<String>> values : CASES.entrySet()) {
            Files.writeString(
                    folder.resolve(values.getKey() + ".yaml"),
                    Chart.render(values.getValue()).text());
        }
        Files.copy(Path.of("..", "Dockerfile"), folder.resolve("Dockerfile"));

        Map<String, Set<String>> found = findings();

        assertThat(found).isEqualTo(new TreeMap<>(LEFT));
        assertThat(Files.readString(Path.of("..", "docs", "security.md"))).contains(LEFT.keySet());
    }

    @Test
    void whatIsWrongIsFound() throws Exception {
        Files.writeString(
                folder.resolve("broken.yaml"),
                Chart.render(EMBEDDED).text().replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"));
        Files.writeString(
                folder.resolve("Dockerfile"),
                Files.readString(Path.of("..", "Dockerfile")).replaceAll("(?m)^USER .*", "USER root"));

        assertThat(findings())
                .containsEntry("CKV_K8S_22", Set.of("Pod mekiki-ready", "StatefulSet mekiki"))
                .containsKey("CKV_DOCKER_8");
    }

    /** Where a check failed, by the check: "KIND NAME", or "Dockerfile". */
    private Map<String, Set<String>> findings() throws IOException, InterruptedException {
        Path report = folder.resolve("report");
        Process process = new ProcessBuilder(
                        PYTHON,
                        "-m",
                        "checkov.main",
                        "--directory=" + folder,
                        "--framework=kubernetes",
                        "--framework=dockerfile",
                        // The namespace is given when the chart is installed, and is not in what it renders.
                        "--skip-check=CKV_K8S_21",
                        "--skip-download",
                        "--compact",
                        "--quiet",
                        "--soft-fail",
                        "--output=json")
                .redirectOutput(report.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor()).isZero();
        JsonNode reports = new ObjectMapper().readTree(report.toFile());
        assertThat(reports.findValuesAsText("check_type")).contains("kubernetes", "dockerfile");
        return StreamSupport.stream(reports.spliterator(), false)
                .flatMap(one -> {
                    assertThat(one.at("/results/parsing_errors")).isEmpty();
                    return Stream.of(one.at("/results/failed_checks"));
                })
                .flatMap(failed -> StreamSupport.stream(failed.spliterator(), false))
                .collect(groupingBy(
                        finding -> finding.path("check_id").asText(),
                        TreeMap::new,
                        mapping(
                                // KIND.NAMESPACE.NAME, with what else tells it apart behind that.
                                finding -> finding.path("resource")
                                        .asText()
                                        .replaceFirst("^/?Dockerfile.*", "Dockerfile")
                                        .replaceFirst("^(\\w+)\\.\\w+\\.([\\w-]+).*", "$1 $2"),
                                toCollection(TreeSet::new))));
    }
}
