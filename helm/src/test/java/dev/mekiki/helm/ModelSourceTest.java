package dev.mekiki.helm;

import static dev.mekiki.helm.Chart.EMBEDDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.mekiki.helm.Chart.Rendering;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where models come from. */
class ModelSourceTest {

    private static final String MODEL = "documents-lcnet050.onnx";
    private static final String CARD = "documents-lcnet050.json";

    @TempDir
    Path folder;

    private Path published;
    private Path models;
    private HttpServer server;

    @BeforeEach
    void publish() throws IOException {
        published = Files.createDirectory(folder.resolve("published"));
        models = Files.createDirectory(folder.resolve("models"));
        Files.writeString(published.resolve(MODEL), "a model");
        Files.writeString(published.resolve(CARD), "its card");
        server = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                published.toAbsolutePath(),
                SimpleFileServer.OutputLevel.NONE);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void theImageOfTheServiceHasTheProjectsModel() {
        Rendering chart = Chart.render(EMBEDDED);

        assertThat(chart.properties()).containsEntry("mekiki.model.path", "/opt/mekiki/models/" + MODEL);
        assertThat(Path.of("..", "models", MODEL)).exists();
        assertThat(chart.text()).doesNotContain("mountPath: /models");
    }

    @Test
    void modelsComeFromAnImage() {
        Rendering chart = Chart.render(EMBEDDED, """
                model: {source: image, file: cards/cards.onnx, more: [a.onnx, b.onnx], image: {reference: "example/models:3"}}
                """);

        assertThat(chart.volume("models").at("/image/reference").asText()).isEqualTo("example/models:3");
        assertThat(chart.mount("models").path("readOnly").asBoolean()).isTrue();
        assertThat(chart.properties())
                .containsEntry("mekiki.model.path", "/models/cards/cards.onnx")
                .containsEntry("mekiki.model.more", "/models/a.onnx,/models/b.onnx");
    }

    @Test
    void modelsComeFromAVolumeThatIsThere() {
        Rendering chart = Chart.render(EMBEDDED, "model: {source: claim, claim: models}");

        assertThat(chart.volume("models").path("persistentVolumeClaim"))
                .isEqualTo(Chart.yaml("{claimName: models, readOnly: true}"));
        assertThat(chart.mount("models").path("readOnly").asBoolean()).isTrue();
    }

    @Test
    void downloadsAreThereWhenTheirDigestsAreRight() throws Exception {
        JsonNode init = download(digest(MODEL), digest(CARD));

        assertThat(run(init)).isZero();
        assertThat(models.resolve(MODEL)).hasContent("a model");
        assertThat(models.resolve(CARD)).hasContent("its card");
    }

    @Test
    void aDownloadWithAnotherDigestStopsTheStart() throws Exception {
        JsonNode init = download(digest(MODEL), digest(MODEL));

        assertThat(run(init)).isNotZero();
        assertThat(models.resolve(MODEL)).exists();
        assertThat(models.resolve(CARD)).doesNotExist();
    }

    @Test
    void aDownloadThatIsNotThereStopsTheStart() throws Exception {
        Files.delete(published.resolve(MODEL));

        assertThat(run(download("0".repeat(64), digest(CARD)))).isNotZero();
        try (Stream<Path> files = Files.list(models)) {
            assertThat(files).isEmpty();
        }
    }

    private JsonNode download(String modelDigest, String cardDigest) {
        return Chart.render(EMBEDDED, """
                        model:
                          source: download
                          download:
                            - {url: "http://%1$s/%2$s", sha256: "%3$s"}
                            - {url: "http://%1$s/%4$s", sha256: "%5$s"}
                        """.formatted(
                                "127.0.0.1:" + server.getAddress().getPort(), MODEL, modelDigest, CARD, cardDigest))
                .pod()
                .at("/initContainers/0");
    }

    /** Runs what the container would run, on this machine; it says how it ended. */
    private int run(JsonNode container) throws IOException, InterruptedException {
        assumeThat(Path.of("/usr/bin/curl")).exists();
        assumeThat(Path.of("/usr/bin/sha256sum")).exists();
        List<String> command = new ArrayList<>();
        for (String part : List.of("command", "args")) {
            container
                    .path(part)
                    .forEach(word -> command.add(word.asText().equals("/models") ? models.toString() : word.asText()));
        }
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private String digest(String file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(published.resolve(file))));
    }
}
