package dev.mekiki.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.helm.Chart.Rendering;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Dockerfile and the chart agree, and what is shipped is small and pinned. */
class ImageRecipeTest {

    private static final Pattern STAGE = Pattern.compile("(?m)^FROM (\\S+) AS (\\S+)\n((?:(?!^FROM ).*\n?)*)");
    private static final Pattern BASE = Pattern.compile("(?m)^ARG \\w+=(\\S+)$");

    private static String recipe() throws IOException {
        return Files.readString(Path.of("..", "Dockerfile"));
    }

    private static Map<String, String> stages() throws IOException {
        Map<String, String> stages = new LinkedHashMap<>();
        for (MatchResult stage : STAGE.matcher(recipe()).results().toList()) {
            stages.put(stage.group(2), stage.group(3));
        }
        return stages;
    }

    @Test
    void basesArePinned() throws IOException {
        List<String> bases =
                BASE.matcher(recipe()).results().map(base -> base.group(1)).toList();

        assertThat(bases).hasSize(3).allSatisfy(base -> assertThat(base).matches("[a-z0-9/]+:.*[0-9].*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "gpu"})
    void whatIsShippedNeedsNoShellAndNoRoot(String variant) throws IOException {
        String stage = stages().getOrDefault(variant, "");

        assertThat(stage).doesNotContain("RUN ").contains("ENTRYPOINT [\"/opt/java/bin/java\"");
        assertThat(stage).contains("USER 10001:10001\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "gpu"})
    void theChartFindsWhatTheImageHas(String variant) throws IOException {
        String stage = stages().getOrDefault(variant, "");
        Rendering chart = Chart.render(Chart.EMBEDDED);

        assertThat(stage)
                .contains("USER " + chart.pod().at("/securityContext/runAsUser").asText() + ":"
                        + chart.pod().at("/securityContext/runAsGroup").asText())
                .contains("EXPOSE 9000 8080")
                .contains("VOLUME " + chart.mount("data").path("mountPath").asText() + "\n");
        assertThat(chart.container().path("ports").findValuesAsText("containerPort"))
                .containsExactly("9000", "8080");
        // Where Quarkus looks for the configuration: "config" in the working folder.
        assertThat(stage)
                .contains("WORKDIR "
                        + Path.of(chart.mount("config").path("mountPath").asText())
                                .getParent() + "\n");
        assertThat(chart.properties().getProperty("mekiki.model.path")).startsWith("/opt/mekiki/models/");
    }

    @Test
    void theSmallerImageIsBuiltUnlessAnotherIsNamed() throws IOException {
        assertThat(List.copyOf(stages().keySet()).getLast()).isEqualTo("cpu");
    }
}
