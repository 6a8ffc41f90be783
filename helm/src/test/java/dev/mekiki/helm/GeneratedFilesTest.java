package dev.mekiki.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is made from the chart is as the chart is: its README, and the plain manifests in k8s. Write them anew with
 * {@code k8s/generate}.
 */
class GeneratedFilesTest {

    private static final boolean WRITE = Boolean.getBoolean("mekiki.docs.write");
    private static final Path README = Chart.FOLDER.resolve("README.md");
    private static final Path MANIFESTS = Path.of("..", "k8s");
    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z]+):.*");

    /** Only Helm needs them. */
    private static final Pattern HELMS_OWN =
            Pattern.compile("^ *(helm\\.sh/chart|app\\.kubernetes\\.io/managed-by): .*\n", Pattern.MULTILINE);

    @Test
    void theReadmeSaysWhatTheValuesSay() throws IOException {
        String readme = readme();
        if (WRITE) {
            Files.writeString(README, readme);
        }

        assertThat(README).hasContent(readme);
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedded", "milvus"})
    void theManifestsAreWhatTheChartRenders(String variant) throws IOException {
        Map<String, String> expected = manifests(variant);
        Path folder = MANIFESTS.resolve(variant);
        if (WRITE) {
            Files.createDirectories(folder);
            for (Path stale : files(folder)) {
                Files.delete(stale);
            }
            for (Map.Entry<String, String> file : expected.entrySet()) {
                Files.writeString(folder.resolve(file.getKey()), file.getValue());
            }
        }

        Map<String, String> found = new TreeMap<>();
        for (Path file : files(folder)) {
            found.put(file.getFileName().toString(), Files.readString(file));
        }
        assertThat(found).isEqualTo(expected);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    /** The content of each file by its name. */
    private static Map<String, String> manifests(String variant) throws IOException {
        String values = Files.readString(Chart.FOLDER.resolve("ci").resolve(variant + "-values.yaml"));
        Map<String, String> files = new TreeMap<>();
        for (String text : Chart.render(values).text().split("(?m)^---\n")) {
            JsonNode object = Chart.yaml(text);
            if (!object.isObject() || text.contains("/templates/tests/")) {
                continue;
            }
            String name = "%s-%s.yaml"
                    .formatted(
                            object.path("kind").asText().toLowerCase(Locale.ROOT),
                            object.at("/metadata/name").asText());
            String plain =
                    HELMS_OWN.matcher(text.replaceFirst("^# Source: .*\n", "")).replaceAll("");
            files.put(name, plain.strip() + "\n");
        }
        files.put(
                "kustomization.yaml",
                """
                # Made by k8s/generate from the chart. The service has neither authentication nor TLS yet, and listens all the same:
                # apply this only where everybody whom the NetworkPolicy lets in may do everything. See docs/kubernetes.md.
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources:
                """ + files.keySet().stream().map(name -> "  - " + name + "\n").collect(Collectors.joining()));
        return files;
    }

    private static String readme() throws IOException {
        JsonNode chart = Chart.yaml(Chart.FOLDER.resolve("Chart.yaml"));
        JsonNode values = Chart.yaml(Chart.FOLDER.resolve("values.yaml"));
        StringBuilder page = new StringBuilder("""
                # Mekiki's chart

                %s

                For Kubernetes %s. [On Kubernetes](../../docs/kubernetes.md) says how to install it, what to set when, and how it scales. What cannot work is refused before anything is installed, with what was expected instead.

                | value | default | meaning |
                |---|---|---|
                """.formatted(
                        chart.path("description").asText(),
                        chart.path("kubeVersion").asText().replace(">=", "").replace("-0", "") + " or newer"));
        List<String> path = new ArrayList<>();
        StringBuilder comment = new StringBuilder();
        int hidden = Integer.MAX_VALUE;
        for (String line : Files.readAllLines(Chart.FOLDER.resolve("values.yaml"))) {
            Matcher key = KEY.matcher(line);
            if (line.strip().startsWith("# -- ")) {
                comment.append(line.strip().substring("# -- ".length()));
            } else if (key.matches()) {
                int depth = key.group(1).length() / 2;
                while (path.size() > depth) {
                    path.removeLast();
                }
                path.add(key.group(2));
                if (depth <= hidden) {
                    hidden = Integer.MAX_VALUE;
                }
                JsonNode value = values.at("/" + String.join("/", path));
                if (!comment.isEmpty()) {
                    page.append("| `%s` | `%s` | %s |\n"
                            .formatted(
                                    String.join(".", path),
                                    usual(value),
                                    comment.toString().replace("|", "\\|")));
                    comment.setLength(0);
                    hidden = depth;
                } else if (depth < hidden && (!value.isObject() || value.isEmpty())) {
                    throw new AssertionError("values.yaml says nothing about " + String.join(".", path));
                }
            }
        }
        return page.toString();
    }

    private static String usual(JsonNode value) {
        return value.isTextual() && !value.asText().isEmpty() ? value.asText() : value.toString();
    }
}
