package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.EMBEDDED;
import static dev.mekiki.helm.Chart.MILVUS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mekiki.helm.Chart.Rendering;
import org.junit.jupiter.api.Test;

/** Who reaches the service, and what it reaches. */
class NetworkPolicyTest {

    private static final String NAMES = "{ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]}";

    @Test
    void onlyNeighboursReachItUnlessOthersAreNamed() {
        JsonNode ingress = policy(EMBEDDED).path("ingress");

        assertThat(ingress).isEqualTo(Chart.yaml("""
                - {from: [{podSelector: {}}], ports: [{protocol: TCP, port: grpc}]}
                - {from: [{podSelector: {}}], ports: [{protocol: TCP, port: http}]}
                """));
    }

    @Test
    void thoseWhoAreNamedReachIt() {
        JsonNode ingress = policy(EMBEDDED, """
                        networkPolicy:
                          callers: [{namespaceSelector: {matchLabels: {team: gates}}}]
                          scrapers: [{namespaceSelector: {matchLabels: {team: watch}}}]
                        """).path("ingress");

        assertThat(ingress.at("/0/from/0/namespaceSelector/matchLabels/team").asText())
                .isEqualTo("gates");
        assertThat(ingress.at("/0/ports/0/port").asText()).isEqualTo("grpc");
        assertThat(ingress.at("/1/from/0/namespaceSelector/matchLabels/team").asText())
                .isEqualTo("watch");
        assertThat(ingress.at("/1/ports/0/port").asText()).isEqualTo("http");
    }

    @Test
    void helmsTestReachesItWhoeverIsNamed() {
        Rendering chart = Chart.render(EMBEDDED, "networkPolicy: {scrapers: [{ipBlock: {cidr: 10.0.0.0/8}}]}");
        JsonNode labels = chart.only("Pod").at("/metadata/labels");

        assertThat(chart.named("NetworkPolicy", "mekiki").at("/spec/ingress/1/from/1/podSelector/matchLabels"))
                .isEqualTo(labels);
        assertThat(labels)
                .as("the Services do not send anybody to the test")
                .isNotEqualTo(chart.named("Service", "mekiki").at("/spec/selector"));
    }

    @Test
    void helmsTestReachesTheServiceAndNobodyElse() {
        Rendering chart = Chart.render(EMBEDDED);
        JsonNode policy = chart.named("NetworkPolicy", "mekiki-ready").path("spec");

        assertThat(policy.at("/podSelector/matchLabels"))
                .isEqualTo(chart.only("Pod").at("/metadata/labels"));
        assertThat(policy.path("policyTypes")).isEqualTo(Chart.yaml("[Ingress, Egress]"));
        assertThat(policy.path("ingress")).isEqualTo(Chart.yaml("[]"));
        assertThat(policy.at("/egress/0")).isEqualTo(Chart.yaml(NAMES));
        assertThat(policy.at("/egress/1/to/0/podSelector/matchLabels"))
                .isEqualTo(chart.named("Service", "mekiki").at("/spec/selector"));
        assertThat(policy.at("/egress/1/ports")).isEqualTo(Chart.yaml("[{protocol: TCP, port: http}]"));
        assertThat(policy.path("egress")).hasSize(2);
    }

    @Test
    void anEmbeddedGalleryReachesNobody() {
        JsonNode policy = policy(EMBEDDED);

        assertThat(policy.path("policyTypes")).isEqualTo(Chart.yaml("[Ingress, Egress]"));
        assertThat(policy.path("egress")).isEqualTo(Chart.yaml("[]"));
    }

    @Test
    void milvusIsReachedAtItsPort() {
        assertThat(policy(MILVUS).path("egress"))
                .isEqualTo(Chart.yaml("[%s, {ports: [{protocol: TCP, port: 19530}]}]".formatted(NAMES)));
        assertThat(policy(MILVUS, "networkPolicy: {milvus: [{ipBlock: {cidr: 10.0.0.0/8}}]}")
                        .at("/egress/1/to/0/ipBlock/cidr")
                        .asText())
                .isEqualTo("10.0.0.0/8");
    }

    @Test
    void theKeysOfTokensAreFetchedFromThePortOfTheirAddress() {
        String tokens = "access: {secretName: access, tokens: {issuer: a, audience: b, keys: 'https://%s/keys'}}";

        assertThat(policy(EMBEDDED, tokens.formatted("accounts.example"))
                        .at("/egress/1/ports/0/port")
                        .asInt())
                .isEqualTo(443);
        assertThat(policy(EMBEDDED, tokens.formatted("accounts.example:8443"))
                        .at("/egress/1/ports/0/port")
                        .asInt())
                .isEqualTo(8443);
    }

    @Test
    void tracesGoToThePortOfTheirCollector() {
        String tracing = "tracing: {endpoint: '%s/v1/traces'}";

        assertThat(policy(EMBEDDED, tracing.formatted("http://collector:4318")).path("egress"))
                .isEqualTo(Chart.yaml("[%s, {ports: [{protocol: TCP, port: 4318}]}]".formatted(NAMES)));
        assertThat(policy(EMBEDDED, tracing.formatted("https://collector.example"))
                        .at("/egress/1/ports/0/port")
                        .asInt())
                .isEqualTo(443);
    }

    @Test
    void modelsAreFetchedFromThePortsOfTheirAddresses() {
        String digest = "0".repeat(64);
        JsonNode egress = policy(EMBEDDED, """
                        model:
                          source: download
                          download:
                            - {url: "https://models.example/documents-lcnet050.onnx", sha256: "%1$s"}
                            - {url: "http://models.example:8081/documents-lcnet050.json", sha256: "%1$s"}
                        """.formatted(digest)).path("egress");

        assertThat(egress.path(1).findValuesAsText("port")).containsExactly("443", "8081");
    }

    @Test
    void thereIsNoneWhereItIsNotWanted() {
        assertThat(Chart.render(EMBEDDED, "networkPolicy: {enabled: false}").all("NetworkPolicy"))
                .isEmpty();
    }

    private static JsonNode policy(String... values) {
        return Chart.render(values).named("NetworkPolicy", "mekiki").path("spec");
    }
}
