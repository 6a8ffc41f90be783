package dev.mekiki.milvus.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MilvusServerIT {

    /** The connection preface of HTTP/2 and an empty SETTINGS frame, as every gRPC client sends first. */
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

    private static final int SETTINGS_FRAME = 4;

    @TempDir
    private Path folder;

    @Test
    void servesAgainAtTheSamePlaceAfterBeingKilled() throws IOException {
        try (MilvusServer server = MilvusServer.start(folder, MilvusSettings.forTests())) {
            assertThat(firstFrameFrom(server)).isEqualTo(SETTINGS_FRAME);
            if (!server.isKillable()) {
                assertThatThrownBy(server::kill).isInstanceOf(UnsupportedOperationException.class);
                return;
            }
            Optional<ProcessHandle> killed = server.process();
            server.kill();
            server.kill();
            assertThat(server.process()).isEmpty();
            killed.ifPresent(process -> assertThat(process.isAlive()).isFalse());
            assertThatThrownBy(() -> firstFrameFrom(server)).isInstanceOf(IOException.class);
            String uri = server.uri();
            server.restart();
            assertThat(server.uri()).isEqualTo(uri);
            assertThat(firstFrameFrom(server)).isEqualTo(SETTINGS_FRAME);
        }
    }

    @Test
    void endsWithAJvmThatIsKilled() throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServerStarter.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = jvm.inputReader(StandardCharsets.UTF_8)) {
            ProcessHandle server =
                    ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
            jvm.destroyForcibly().waitFor();
            assertThat(server.onExit().orTimeout(30, TimeUnit.SECONDS).join().isAlive())
                    .isFalse();
        } finally {
            jvm.destroyForcibly();
        }
    }

    @Test
    void tellsTheLastLinesOfTheLogIfItDoesNotStart() {
        MilvusSettings broken = MilvusSettings.forTests().with("MQ_TYPE", "carrier-pigeon");
        assertThatThrownBy(() -> ProcessMilvus.start(MilvusBinary.ofUser(), folder, broken))
                .isInstanceOf(MilvusStartException.class)
                .hasMessageContaining("Milvus ended with code")
                .hasMessageContaining("carrier-pigeon");
    }

    private static int firstFrameFrom(MilvusServer server) throws IOException {
        URI uri = URI.create(server.uri());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), 5000);
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(PREFACE);
            byte[] header = socket.getInputStream().readNBytes(9);
            assertThat(header).hasSize(9);
            return header[3];
        }
    }
}
