package dev.mekiki.cli.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceProcessIT {

    @TempDir
    Path root;

    @Test
    void tellsWhatTheServiceSaidWhenItEndsInsteadOfServing() throws IOException {
        Path jar = root.resolve("service/target/quarkus-app/quarkus-run.jar");
        Files.createDirectories(jar.getParent());
        Files.writeString(jar, "not a jar");
        Files.writeString(root.resolve("service/jvm.options"), "-Xmx64m");

        try (ServiceProcess service = ServiceProcess.start(new Installation(root), Map.of(), Duration.ofSeconds(5))) {
            assertThatThrownBy(() -> service.awaitServing(Duration.ofMinutes(1)))
                    .isInstanceOf(ServiceStartException.class)
                    .hasMessageStartingWith("the service ended with code 1")
                    .hasMessageContaining("corrupt jarfile");
            assertThat(service.handle().isAlive()).isFalse();
        }
    }

    @Test
    void tellsHowToBuildAServiceThatIsNotThere() {
        assertThatThrownBy(() -> ServiceProcess.start(new Installation(root), Map.of(), Duration.ofSeconds(5)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("expected: built by ./mekiki");
    }
}
