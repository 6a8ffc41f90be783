package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.EMBEDDED;
import static dev.mekiki.helm.Chart.MILVUS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mekiki.helm.Chart.Rendering;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pods: what keeps them, how they start and stop, and what they may do. */
class WorkloadTest {

    private static final String GPU = "gpu: {enabled: true}";

    @Test
    void anEmbeddedGalleryIsOneReplicaWithAVolume() {
        Rendering chart = Chart.render(EMBEDDED, """
                gallery: {embedded: {size: 40Gi, storageClass: fast, accessMode: ReadWriteOncePod, whenDeleted: Delete}}
                """);
        JsonNode set = chart.only("StatefulSet");

        assertThat(set.at("/spec/replicas").asInt()).isEqualTo(1);
        assertThat(set.at("/spec/serviceName").asText()).isEqualTo("mekiki-headless");
        assertThat(set.at("/spec/persistentVolumeClaimRetentionPolicy/whenDeleted")
                        .asText())
                .isEqualTo("Delete");
        JsonNode claim = set.at("/spec/volumeClaimTemplates/0/spec");
        assertThat(claim.at("/resources/requests/storage").asText()).isEqualTo("40Gi");
        assertThat(claim.path("storageClassName").asText()).isEqualTo("fast");
        assertThat(claim.at("/accessModes/0").asText()).isEqualTo("ReadWriteOncePod");
        assertThat(chart.mount("data").path("mountPath").asText()).isEqualTo("/var/lib/mekiki");
        assertThat(chart.properties())
                .containsEntry("mekiki.gallery.directory", "/var/lib/mekiki/galleries")
                .containsEntry("mekiki.drift.directory", "/var/lib/mekiki/drift");
        assertThat(chart.all("Deployment")).isEmpty();
        assertThat(chart.all("PodDisruptionBudget")).isEmpty();
    }

    @Test
    void keepsImagesBesideTheGalleriesWhenAsked() {
        assertThat(Chart.render(EMBEDDED).properties()).doesNotContainKey("mekiki.images.directory");
        assertThat(Chart.render(EMBEDDED, "gallery: {embedded: {keepImages: true}}")
                        .properties())
                .containsEntry("mekiki.images.directory", "/var/lib/mekiki/images");
    }

    @Test
    void secretsAreMountedWholeWhereTheServiceLooksForThem() {
        Rendering chart = Chart.render(
                EMBEDDED,
                "tls: {secretName: certificates, clientCertificates: true}",
                "access: {secretName: callers, key: who.yaml}");

        assertThat(chart.volume("tls").at("/secret/secretName").asText()).isEqualTo("certificates");
        assertThat(chart.volume("access").at("/secret/secretName").asText()).isEqualTo("callers");
        for (String secret : List.of("tls", "access")) {
            assertThat(chart.mount(secret).path("readOnly").asBoolean()).isTrue();
            assertThat(chart.mount(secret).has("subPath"))
                    .as("what is renewed would not arrive")
                    .isFalse();
        }
        String tls = chart.mount("tls").path("mountPath").asText();
        assertThat(chart.properties())
                .containsEntry("mekiki.server.tls.certificate", tls + "/tls.crt")
                .containsEntry("mekiki.server.tls.key", tls + "/tls.key")
                .containsEntry("mekiki.server.tls.client-authorities", tls + "/ca.crt")
                .containsEntry(
                        "mekiki.access.file",
                        chart.mount("access").path("mountPath").asText() + "/who.yaml");
        assertThat(Chart.render(EMBEDDED).text()).doesNotContain("/etc/mekiki");
    }

    @Test
    void galleriesInMilvusAreAnyNumberOfReplicasWithoutVolumes() {
        Rendering chart = Chart.render(MILVUS, "replicas: 3");
        JsonNode deployment = chart.only("Deployment");

        assertThat(deployment.at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable").asText())
                .isEqualTo("0");
        assertThat(chart.text()).doesNotContain("persistentVolumeClaim", "volumeClaimTemplates");
        assertThat(chart.properties())
                .containsEntry("mekiki.gallery.backend", "milvus")
                .containsEntry("mekiki.gallery.milvus.uri", "http://milvus:19530")
                .doesNotContainKey("mekiki.gallery.directory");
    }

    @Test
    void milvusTokenComesFromASecretAndIsNowhereElse() {
        Rendering chart =
                Chart.render(MILVUS, "gallery: {milvus: {token: {secretName: milvus-account, key: password}}}");

        assertThat(chart.variable("MEKIKI_GALLERY_MILVUS_TOKEN").at("/valueFrom/secretKeyRef"))
                .isEqualTo(Chart.yaml("{name: milvus-account, key: password}"));
        assertThat(chart.properties()).doesNotContainKey("mekiki.gallery.milvus.token");
    }

    @Test
    void certificatesForMilvusAreMountedAndNamed() {
        Rendering chart = Chart.render(MILVUS, """
                gallery:
                  milvus:
                    uri: https://milvus.example:19530
                    tls: {secretName: milvus-tls, clientCertificate: true, serverName: milvus}
                """);
        String folder = chart.mount("milvus").path("mountPath").asText();

        assertThat(chart.volume("milvus").at("/secret/secretName").asText()).isEqualTo("milvus-tls");
        assertThat(chart.properties())
                .containsEntry("mekiki.gallery.milvus.tls.authorities", folder + "/ca.crt")
                .containsEntry("mekiki.gallery.milvus.tls.certificate", folder + "/tls.crt")
                .containsEntry("mekiki.gallery.milvus.tls.key", folder + "/tls.key")
                .containsEntry("mekiki.gallery.milvus.tls.server-name", "milvus");
        assertThat(Chart.render(
                                MILVUS,
                                "gallery: {milvus: {uri: 'https://milvus.example:19530', tls: {secretName: tls}}}")
                        .properties())
                .containsKey("mekiki.gallery.milvus.tls.authorities")
                .doesNotContainKeys("mekiki.gallery.milvus.tls.certificate", "mekiki.gallery.milvus.tls.key");
    }

    @Test
    void probesAskWhatTheServiceOffers() {
        JsonNode container = Chart.render(EMBEDDED).container();

        // Up as soon as it listens, so that a start which takes minutes, or waits for Milvus, is not broken off.
        assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo("/q/health/live");
        assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo("/q/health/live");
        assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo("/q/health/ready");
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(container.path(probe).at("/httpGet/port").asText()).isEqualTo("http");
        }
    }

    @Test
    void thereIsTimeToDrain() {
        Rendering chart = Chart.render(EMBEDDED, "shutdown: {preStopSeconds: 7, drainSeconds: 100, closeSeconds: 20}");

        assertThat(chart.container().at("/lifecycle/preStop/sleep/seconds").asInt())
                .isEqualTo(7);
        assertThat(chart.properties()).containsEntry("mekiki.server.drain-timeout", "100s");
        assertThat(chart.pod().path("terminationGracePeriodSeconds").asInt()).isEqualTo(127);
        assertThat(Chart.render(EMBEDDED, "shutdown: {preStopSeconds: 0}")
                        .container()
                        .has("lifecycle"))
                .as("a sleep of no seconds is refused by Kubernetes before 1.33")
                .isFalse();
    }

    @Test
    void connectionsEndNowAndThenUnlessTheyShallLast() {
        assertThat(Chart.render(MILVUS, "").properties()).containsEntry("mekiki.server.max-connection-age", "60s");
        assertThat(Chart.render(MILVUS, "connections: {maxAgeSeconds: 0}").properties())
                .doesNotContainKey("mekiki.server.max-connection-age");
    }

    /** The profile "restricted" of Kubernetes' Pod Security Standards, and a root file system that is only read. */
    @ParameterizedTest
    @ValueSource(strings = {EMBEDDED, MILVUS})
    void everyPodIsRestricted(String values) {
        Rendering chart = Chart.render(values, """
                model:
                  source: download
                  download:
                    - {url: "https://models.example/documents-lcnet050.onnx", sha256: "%1$s"}
                    - {url: "https://models.example/documents-lcnet050.json", sha256: "%1$s"}
                """.formatted("0".repeat(64)));

        for (JsonNode pod : List.of(chart.pod(), chart.only("Pod").path("spec"))) {
            assertThat(pod.path("automountServiceAccountToken").isBoolean()).isTrue();
            assertThat(pod.path("automountServiceAccountToken").asBoolean()).isFalse();
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
            assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            for (String kind : List.of("initContainers", "containers")) {
                for (JsonNode container : pod.path(kind)) {
                    JsonNode security = container.path("securityContext");
                    assertThat(security.path("allowPrivilegeEscalation").asBoolean(true))
                            .isFalse();
                    assertThat(security.path("readOnlyRootFilesystem").asBoolean())
                            .isTrue();
                    assertThat(security.at("/capabilities/drop")).isEqualTo(Chart.yaml("[ALL]"));
                    assertThat(container.at("/resources/limits/memory").asText())
                            .isNotEmpty();
                }
            }
        }
        assertThat(chart.pod().path("initContainers")).hasSize(1);
        assertThat(chart.only("ServiceAccount")
                        .path("automountServiceAccountToken")
                        .asBoolean(true))
                .isFalse();
    }

    @Test
    void theVirtualMachineCountsTheProcessorsThatWereRequested() {
        Rendering chart = Chart.render(EMBEDDED, "jvm: {heapPercent: 40, options: ['-Xlog:gc']}");

        assertThat(chart.variable("PROCESSORS").at("/valueFrom/resourceFieldRef"))
                .isEqualTo(Chart.yaml("{containerName: mekiki, resource: requests.cpu, divisor: '1'}"));
        assertThat(chart.variable("JDK_JAVA_OPTIONS").path("value").asText().split(" "))
                .contains("-XX:ActiveProcessorCount=$(PROCESSORS)", "-XX:MaxRAMPercentage=40", "-Xlog:gc");
        List<JsonNode> variables = chart.container().path("env").valueStream().toList();
        assertThat(variables.getFirst())
                .as("a variable is only known to those after it")
                .isEqualTo(chart.variable("PROCESSORS"));
    }

    @Test
    void aServiceCalledMekikiIsNoConfiguration() {
        assertThat(Chart.render(EMBEDDED).pod().path("enableServiceLinks").asBoolean(true))
                .isFalse();
    }

    @Test
    void aChangeOfTheConfigurationReplacesThePods() {
        String path = "/spec/template/metadata/annotations/checksum~1config";
        JsonNode before = Chart.render(EMBEDDED).workload().at(path);

        assertThat(Chart.render(EMBEDDED, "config: {mekiki.inference.latency-budget: 500ms}")
                        .workload()
                        .at(path))
                .isNotEqualTo(before);
        assertThat(Chart.render(EMBEDDED, "metrics: {dashboard: {enabled: true}}")
                        .workload()
                        .at(path))
                .isEqualTo(before);
    }

    @Test
    void furtherPropertiesReachTheServiceAsTheyAre() {
        assertThat(Chart.render(EMBEDDED, """
                        config:
                          mekiki.image.max-pixels: 64000000
                          mekiki.inference.fallback-allowed: true
                          mekiki.inference.latency-budget: 500ms
                          quarkus.log.category."dev.mekiki".level: DEBUG
                          mekiki.model.repository: C:\\models
                        """).properties())
                .containsEntry("mekiki.image.max-pixels", "64000000")
                .containsEntry("mekiki.inference.fallback-allowed", "true")
                .containsEntry("mekiki.inference.latency-budget", "500ms")
                .containsEntry("quarkus.log.category.\"dev.mekiki\".level", "DEBUG")
                .containsEntry("mekiki.model.repository", "C:\\models");
    }

    @Test
    void gpusAreAskedForAndUsed() {
        Rendering chart = Chart.render(MILVUS, GPU, "gpu: {count: 2, runtimeClassName: nvidia, batchSizes: '1,8'}");

        assertThat(chart.container().at("/resources/limits/nvidia.com~1gpu").asInt())
                .isEqualTo(2);
        assertThat(chart.pod().path("runtimeClassName").asText()).isEqualTo("nvidia");
        assertThat(chart.pod().path("tolerations"))
                .isEqualTo(Chart.yaml("[{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]"));
        assertThat(chart.properties())
                .containsEntry("mekiki.inference.providers", "cuda")
                .containsEntry("mekiki.inference.gpu.devices", "0,1")
                .containsEntry("mekiki.inference.batch-sizes", "1,8");
        assertThat(Chart.render(MILVUS, GPU, "gpu: {tolerateTaint: false}")
                        .pod()
                        .has("tolerations"))
                .isFalse();
        assertThat(Chart.render(MILVUS).text()).doesNotContain("nvidia", "mekiki.inference.");
    }

    @Test
    void tensorRtKeepsItsEnginesAndHasTheTimeToBuildThem() {
        Rendering chart = Chart.render(MILVUS, GPU, "gpu: {provider: tensorrt, engineCacheClaim: engines}");

        assertThat(chart.volume("engines")
                        .at("/persistentVolumeClaim/claimName")
                        .asText())
                .isEqualTo("engines");
        assertThat(chart.properties())
                .containsEntry(
                        "mekiki.inference.tensorrt.cache",
                        chart.mount("engines").path("mountPath").asText());
        assertThat(chart.only("Deployment").at("/spec/progressDeadlineSeconds").asInt())
                .isEqualTo(1800);
        assertThat(Chart.render(MILVUS, GPU, "gpu: {provider: tensorrt}")
                        .volume("engines")
                        .has("emptyDir"))
                .isTrue();
    }

    @Test
    void replicasAreSpread() {
        JsonNode constraints = Chart.render(MILVUS, "topologySpread: {zones: DoNotSchedule}")
                .pod()
                .path("topologySpreadConstraints");

        assertThat(constraints.findValuesAsText("topologyKey"))
                .containsExactly("topology.kubernetes.io/zone", "kubernetes.io/hostname");
        assertThat(constraints.findValuesAsText("whenUnsatisfiable"))
                .containsExactly("DoNotSchedule", "ScheduleAnyway");
        assertThat(Chart.render(MILVUS, "topologySpread: {zones: None, nodes: None}")
                        .pod()
                        .has("topologySpreadConstraints"))
                .isFalse();
        assertThat(Chart.render(EMBEDDED).pod().has("topologySpreadConstraints"))
                .isFalse();
    }

    @Test
    void disruptionsAreBounded() {
        JsonNode budget = Chart.render(MILVUS, "podDisruptionBudget: {maxUnavailable: 25%}")
                .only("PodDisruptionBudget");

        assertThat(budget.at("/spec/maxUnavailable").asText()).isEqualTo("25%");
        assertThat(budget.at("/spec/unhealthyPodEvictionPolicy").asText()).isEqualTo("AlwaysAllow");
        assertThat(Chart.render(MILVUS, "podDisruptionBudget: {enabled: false}").all("PodDisruptionBudget"))
                .isEmpty();
    }

    @Test
    void callersFindOneAddressOrAll() {
        Rendering chart = Chart.render(MILVUS);
        JsonNode one = chart.named("Service", "mekiki");
        JsonNode all = chart.named("Service", "mekiki-headless");

        assertThat(one.at("/spec/ports").findValuesAsText("port")).containsExactly("9000", "8080");
        assertThat(all.at("/spec/clusterIP").asText()).isEqualTo("None");
        assertThat(all.at("/spec/ports").findValuesAsText("port")).containsExactly("9000");
        JsonNode labels = chart.workload().at("/spec/template/metadata/labels");
        for (JsonNode service : List.of(one, all)) {
            service.at("/spec/selector")
                    .properties()
                    .forEach(label -> assertThat(labels.path(label.getKey())).isEqualTo(label.getValue()));
        }
    }

    @Test
    void theImageIsNamedByTagOrDigest() {
        String version = Chart.yaml(Chart.FOLDER.resolve("Chart.yaml"))
                .path("appVersion")
                .asText();
        String digest = "sha256:" + "0".repeat(64);

        assertThat(Chart.render(EMBEDDED).container().path("image").asText()).isEqualTo("example/mekiki:" + version);
        assertThat(System.getProperty("mekiki.test.version", "")).startsWith(version);
        assertThat(Chart.render(EMBEDDED, "image: {tag: v2-gpu}")
                        .container()
                        .path("image")
                        .asText())
                .isEqualTo("example/mekiki:v2-gpu");
        assertThat(Chart.render(EMBEDDED, "image: {tag: v2, digest: '%s'}".formatted(digest))
                        .container()
                        .path("image")
                        .asText())
                .isEqualTo("example/mekiki@" + digest);
    }
}
