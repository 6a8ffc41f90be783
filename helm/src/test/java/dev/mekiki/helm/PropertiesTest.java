package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.EMBEDDED;
import static dev.mekiki.helm.Chart.MILVUS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The properties that the chart sets are those of the service. */
class PropertiesTest {

    @Test
    void everyPropertyIsOnTheConfigurationPage() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "configuration.md"));
        Set<String> set = new TreeSet<>();
        Stream.of(
                        Chart.render(
                                EMBEDDED,
                                "gallery: {embedded: {keepImages: true}}",
                                "tls: {secretName: tls, clientCertificates: true}",
                                "access: {secretName: access, tokens: {issuer: a, audience: b, keys: 'https://c/d'}}",
                                "model: {more: [more.onnx]}",
                                "tracing: {endpoint: 'http://collector:4318/v1/traces'}",
                                "gpu: {enabled: true, provider: tensorrt}"),
                        Chart.render(
                                MILVUS,
                                "gallery: {milvus: {uri: 'https://milvus:19530', tls: {secretName: tls, clientCertificate: true, serverName: milvus}}}"))
                .forEach(chart -> set.addAll(chart.properties().stringPropertyNames()));

        assertThat(set).hasSizeGreaterThan(25);
        assertThat(set)
                .filteredOn(name -> name.startsWith("mekiki."))
                .allSatisfy(name -> assertThat(page).contains("\n| `" + name + "` |"));
        assertThat(set)
                .filteredOn(name -> !name.startsWith("mekiki."))
                .as("what the page says about where it listens")
                .containsExactlyInAnyOrder(
                        "quarkus.grpc.server.host",
                        "quarkus.grpc.server.port",
                        "quarkus.http.host",
                        "quarkus.http.port");
    }
}
