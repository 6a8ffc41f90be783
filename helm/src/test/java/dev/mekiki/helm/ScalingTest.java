package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.MILVUS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mekiki.helm.Chart.Rendering;
import org.junit.jupiter.api.Test;

/** How the number of replicas follows the load. */
class ScalingTest {

    @Test
    void nothingScalesUnlessAsked() {
        Rendering chart = Chart.render(MILVUS);

        assertThat(chart.all("HorizontalPodAutoscaler")).isEmpty();
        assertThat(chart.all("ScaledObject")).isEmpty();
    }

    @Test
    void anAutoscalerOwnsTheReplicas() {
        for (String kind : new String[] {"hpa", "keda"}) {
            assertThat(Chart.render(MILVUS, "autoscaling: {kind: %s}".formatted(kind))
                            .only("Deployment")
                            .path("spec")
                            .has("replicas"))
                    .as(kind)
                    .isFalse();
        }
    }

    @Test
    void theAutoscalerGoesByProcessorsAndByWaitingImages() {
        Rendering chart = Chart.render(MILVUS, """
                autoscaling:
                  {kind: hpa, minReplicas: 3, maxReplicas: 30, cpuPercent: 60, waitingImages: 4, scaleDownSeconds: 120,
                   waitingImagesMetric: mekiki_waiting_images}
                """);
        JsonNode spec = chart.only("HorizontalPodAutoscaler").path("spec");

        assertThat(spec.at("/scaleTargetRef/name"))
                .isEqualTo(chart.only("Deployment").at("/metadata/name"));
        assertThat(spec.path("minReplicas").asInt()).isEqualTo(3);
        assertThat(spec.path("maxReplicas").asInt()).isEqualTo(30);
        assertThat(spec.at("/metrics/0/containerResource")).isEqualTo(Chart.yaml("""
                        {name: cpu, container: mekiki, target: {type: Utilization, averageUtilization: 60}}
                        """));
        assertThat(spec.at("/metrics/1/pods")).isEqualTo(Chart.yaml("""
                        {metric: {name: mekiki_waiting_images}, target: {type: AverageValue, averageValue: "4"}}
                        """));
        assertThat(spec.at("/behavior/scaleDown/stabilizationWindowSeconds").asInt())
                .isEqualTo(120);
    }

    @Test
    void kedaGoesByProcessorsAndByWaitingImages() {
        JsonNode spec = Chart.render(MILVUS, """
                        autoscaling:
                          {kind: keda, cpuPercent: 60, waitingImages: 4, prometheusAddress: "http://prometheus:9090"}
                        """).only("ScaledObject").path("spec");
        JsonNode waiting = spec.at("/triggers/1");

        assertThat(spec.at("/triggers/0/metadata/value").asText()).isEqualTo("60");
        assertThat(waiting.at("/metadata/serverAddress").asText()).isEqualTo("http://prometheus:9090");
        assertThat(waiting.at("/metadata/threshold").asText()).isEqualTo("4");
        assertThat(waiting.at("/metadata/query").asText())
                .contains("mekiki_stage_seconds_sum", "namespace=\"recognition\"", "stage=~\"admission|queue\"");
        assertThat(spec.at("/fallback/behavior").asText()).isEqualTo("currentReplicasIfHigher");
    }

    /** KEDA refuses a fallback where only processors scale, for it does not ask for them itself. */
    @Test
    void kedaFallsBackOnlyWherePrometheusIsAsked() {
        JsonNode spec = Chart.render(MILVUS, "autoscaling: {kind: keda}")
                .only("ScaledObject")
                .path("spec");

        assertThat(spec.path("triggers")).hasSize(1);
        assertThat(spec.has("fallback")).isFalse();
    }
}
