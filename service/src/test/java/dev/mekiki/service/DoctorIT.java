package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service that is to examine what it needs. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class DoctorIT {

    @TempDir
    private Path folder;

    @Test
    void saysThatAllIsWell() throws Exception {
        Report report = examine();

        assertThat(report.exitCode).as(report.text).isZero();
        assertThat(report.text)
                .containsPattern("(?m)^good +configuration +can work$")
                .containsPattern("(?m)^good +model +\\S+ on CPU, [0-9]+ dimensions, an image in [0-9]+ ms$")
                .containsPattern("(?m)^(good|warning) +disk +\\S+: [0-9]+ MiB free, a write lasts after")
                .containsPattern("(?m)^good +galleries +0$")
                .containsPattern("(?m)^warning +access +whoever reaches the service may do everything")
                .contains("The service can work.");
        assertThat(Files.list(folder.resolve("galleries"))
                        .map(Path::getFileName)
                        .map(Path::toString))
                .as("what it leaves behind")
                .noneMatch(name -> name.endsWith(".probe"));
    }

    @Test
    void saysAllThatIsWrongAndWhatHelps() throws Exception {
        TestAuthority authority = TestAuthority.in(folder, "authority");
        TestAuthority.Shown expired = authority.issue("service", "-startdate", "-5d", "-validity", "2");
        Path access = Files.writeString(folder.resolve("access.yaml"), "callers: []\n");
        Path keys = Files.writeString(folder.resolve("keys.json"), "{\"keys\": []}");
        Path file = Files.writeString(folder.resolve("file"), "");

        Report report = examine(
                "-Dmekiki.server.tls.certificate=" + expired.certificate(),
                "-Dmekiki.server.tls.key=" + expired.key(),
                "-Dmekiki.access.file=" + access,
                "-Dmekiki.access.tokens.issuer=https://accounts.example",
                "-Dmekiki.access.tokens.audience=mekiki",
                "-Dmekiki.access.tokens.keys=" + keys,
                "-Dmekiki.model.path=" + folder.resolve("none.onnx"),
                "-Dmekiki.gallery.directory=" + file.resolve("galleries"));

        assertThat(report.exitCode).isEqualTo(1);
        assertThat(report.text)
                .containsPattern("(?m)^problem +certificate .*expected: now")
                .containsPattern("(?m)^problem +access .*callers: none")
                .containsPattern("(?m)^problem +tokens .*no keys")
                .containsPattern("(?m)^problem +model .*none\\.")
                .containsPattern("(?m)^problem +disk +mekiki.gallery.directory: ")
                .contains("The service cannot work.");
    }

    @Test
    void saysWhatIsWrongWithTheConfiguration() throws Exception {
        Report report = examine("-Dmekiki.admission.max-requests=0", "-Dquarkus.grpc.server.host=0.0.0.0");

        assertThat(report.exitCode).isEqualTo(1);
        assertThat(report.text)
                .containsPattern("(?m)^problem +configuration +mekiki.admission.max-requests: 0 \\(expected: at least")
                .containsPattern("(?m)^problem +configuration +quarkus.grpc.server.host: 0.0.0.0 \\(expected: ");
    }

    private record Report(int exitCode, String text) {}

    private Report examine(String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "-Dmekiki.server.examine=true",
                "-Dquarkus.grpc.server.port=0",
                "-Dquarkus.http.port=0",
                "-Dquarkus.log.level=ERROR"));
        all.addAll(Arrays.asList(settings));
        try (ServiceProcess doctor = ServiceProcess.start(folder, all.toArray(String[]::new))) {
            int exitCode = doctor.exitCode();
            return new Report(exitCode, doctor.log());
        }
    }
}
