package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.EMBEDDED;
import static dev.mekiki.helm.Chart.MILVUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot work is refused before anything is installed, and the message says what was expected. */
class RefusalsTest {

    @Test
    void namesAllThatIsMissingAtOnce() {
        assertThatThrownBy(() -> Chart.render("{}"))
                .hasMessageContaining("image.repository: nothing")
                .hasMessageContaining("insecureListenAllowed: false (expected: tls.secretName together with");
    }

    @Test
    void refusesClustersThatLackWhatItNeeds() {
        assertThatThrownBy(() -> Chart.render("1.29", List.of(EMBEDDED)))
                .hasMessageContaining("chart requires kubeVersion: >=1.30.0-0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "tls: {secretName: tls}", "access: {secretName: access}"})
    void listensBeyondLoopbackOnlyToThoseItKnowsOrWhenToldTo(String half) {
        assertThatThrownBy(() -> Chart.render(EMBEDDED, "insecureListenAllowed: false", half))
                .hasMessageContaining("or true, once you have made sure");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{tls: {secretName: tls}, access: {secretName: access}}",
                "{tls: {secretName: tls, clientCertificates: true}}"
            })
    void listensToThoseItKnows(String values) {
        assertThat(Chart.render(EMBEDDED, "insecureListenAllowed: false", values)
                        .properties())
                .containsEntry("mekiki.server.insecure-listen-allowed", "false");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tls: {clientCertificates: true} | tls.secretName: nothing (expected: a secret
            access: {tokens: {issuer: a, audience: b, keys: "https://c/d"}} | access.secretName: nothing (expected: a secret
            access: {secretName: a, tokens: {issuer: a}} | access.tokens: some of issuer, audience and keys (expected: all
            replicas: 2 | replicas: 2 (expected: 1 with gallery.backend embedded
            autoscaling: {kind: hpa} | autoscaling.kind: hpa (expected: none with gallery.backend embedded
            autoscaling: {kind: keda} | autoscaling.kind: keda (expected: none with gallery.backend embedded
            gallery: {backend: milvus} | gallery.milvus.uri: nothing (expected: http://HOST:PORT
            model: {source: image} | model.image.reference: nothing
            model: {source: claim} | model.claim: nothing
            model: {source: download} | model.download: nothing (expected: documents-lcnet050.onnx among them)
            gpu: {engineCacheClaim: engines} | gpu.engineCacheClaim: engines (expected: nothing, or gpu.enabled
            rollout: {maxSurge: 0} | rollout: maxSurge and maxUnavailable 0
            config: {mekiki.gallery.backend: milvus} | config: mekiki.gallery.backend (expected: left out
            config: {quarkus.http.host: 127.0.0.1} | config: quarkus.http.host (expected: left out
            config: {mekiki.gallery.milvus.token: secret} | secrets belong in a Secret
            """)
    void refusesWithAnEmbeddedGallery(String values, String message) {
        assertThatThrownBy(() -> Chart.render(EMBEDDED, values)).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gallery: {embedded: {keepImages: true}} | gallery.embedded.keepImages: true (expected: false
            gallery: {milvus: {tls: {secretName: tls}}} | gallery.milvus.tls: set (expected: left out with gallery.milvus.uri http://milvus:19530
            gallery: {milvus: {uri: "https://milvus:19530", tls: {clientCertificate: true}}} | gallery.milvus.tls.secretName: nothing
            autoscaling: {kind: hpa, minReplicas: 11} | autoscaling.maxReplicas: 10 (expected: at least minReplicas, 11)
            autoscaling: {kind: hpa, cpuPercent: 0} | autoscaling: cpuPercent and waitingImages 0
            autoscaling: {kind: hpa, waitingImages: 4} | autoscaling.waitingImagesMetric: nothing
            autoscaling: {kind: keda, waitingImages: 4} | autoscaling.prometheusAddress: nothing
            """)
    void refusesWithGalleriesInMilvus(String values, String message) {
        assertThatThrownBy(() -> Chart.render(MILVUS, values)).hasMessageContaining(message);
    }

    @Test
    void refusesDownloadsOfWhichOneWouldOverwriteAnother() {
        String file = "{url: 'https://models.example/%s/documents-lcnet050.onnx', sha256: '" + "a".repeat(64) + "'}";
        assertThatThrownBy(() -> Chart.render(
                        EMBEDDED,
                        "model: {source: download, download: [%s, %s]}"
                                .formatted(file.formatted("one"), file.formatted("two"))))
                .hasMessageContaining("expected: URLs that end with different names")
                .hasMessageContaining("expected: documents-lcnet050.json among them");
    }

    /** What the schema of the values refuses: it names the value. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replica: 2 | replica
            image: {repository: "example/mekiki:1"} | repository
            image: {digest: "sha256:abc"} | digest
            insecureListenAllowed: "yes" | insecureListenAllowed
            access: {tokens: {keys: "http://accounts.example/keys"}} | keys
            access: {key: ../access.yaml} | key
            replicas: 0 | replicas
            gallery: {backend: lucene} | backend
            gallery: {embedded: {size: lots}} | size
            gallery: {embedded: {whenDeleted: Recycle}} | whenDeleted
            gallery: {embedded: {accessMode: ReadWriteMany}} | accessMode
            gallery: {milvus: {uri: "milvus:19530"}} | uri
            gallery: {milvus: {prefix: Mekiki}} | prefix
            gallery: {milvus: {token: {value: secret}}} | token
            model: {source: hub} | source
            model: {file: ../secret.onnx} | file
            model: {file: model.bin} | file
            model: {download: [{url: "ftp://models.example/a.onnx", sha256: none}]} | sha256
            config: {server.port: "1"} | server.port
            config: {mekiki.image.max-bytes: [1]} | mekiki.image.max-bytes
            config: {mekiki.image.max-bytes: "1\\nmekiki.server.drain-timeout=0"} | mekiki.image.max-bytes
            resources: {requests: {cpu: 2}} | cpu
            resources: {requests: {memory: null}} | memory
            jvm: {heapPercent: 95} | heapPercent
            jvm: {options: ["-Xmx1g -Xms1g"]} | options
            gpu: {provider: rocm} | provider
            gpu: {batchSizes: "1, 2"} | batchSizes
            shutdown: {drainSeconds: -1} | drainSeconds
            connections: {maxAgeSeconds: -1} | maxAgeSeconds
            podDisruptionBudget: {maxUnavailable: 0} | maxUnavailable
            topologySpread: {zones: Always} | zones
            autoscaling: {kind: vpa} | kind
            metrics: {rules: {recognitionSeconds: 0}} | recognitionSeconds
            metrics: {serviceMonitor: {interval: often}} | interval
            networkPolicy: {callers: {podSelector: {}}} | callers
            fullnameOverride: Mekiki | fullnameOverride
            """)
    void theSchemaRefuses(String values, String named) {
        assertThatThrownBy(() -> Chart.render(EMBEDDED, values))
                .hasMessageContaining("values don't meet the specifications of the schema")
                .hasMessageContaining(named);
    }
}
