package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service with the embedded gallery is killed at random; {@link MilvusChaosIT} does it with Milvus. */
class KilledServiceIT {

    private static final long SEED = 20261126;

    /** More than a start without anything to recover takes. */
    private static final Duration MOST_FOR_RECOVERY = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    @Test
    void losesNothingAndShowsNothingHalfWhenItIsKilledAtRandom() throws Exception {
        int kills = KilledService.kills(3);
        try (KilledService service =
                        new KilledService(folder, Optional.of(folder.resolve("images")), SEED, kills, List.of());
                ImportingProcess importing = service.startImport(folder.resolve("import.journal"))) {
            KilledService.Figures figures = service.kill(kills, importing);

            System.out.println("embedded gallery: " + figures);
            assertThat(figures.slowest().processorTime())
                    .as("%s", figures)
                    .isLessThan(figures.first().processorTime().plus(MOST_FOR_RECOVERY));
        }
    }
}
