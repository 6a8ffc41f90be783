package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.milvus.server.MilvusServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service is killed at random; what else may be killed with Milvus is in {@link MilvusChaosIT}. */
class KilledServiceIT {

    private static final long SEED = 20261126;

    /** More than a start without anything to recover takes, of processor time. */
    private static final Duration MOST_FOR_RECOVERY = Duration.ofSeconds(5);

    /** One in so many rows; the vectors are as unlike as can be, so nothing is harder for an index. */
    private static final int MOST_PASSED_BY = 50;

    @TempDir
    private Path folder;

    @Test
    void losesNothingAndShowsNothingHalfInTheEmbeddedGallery() throws Exception {
        kill(3, Optional.of(folder.resolve("images")), List.of());
    }

    @Test
    void losesNothingAndShowsNothingHalfInMilvus() throws Exception {
        try (MilvusServer milvus = MilvusServer.shared()) {
            kill(
                    1,
                    Optional.empty(),
                    List.of(
                            "-Dmekiki.gallery.backend=milvus",
                            "-Dmekiki.gallery.milvus.uri=" + milvus.uri(),
                            "-Dmekiki.gallery.milvus.prefix=killed"));
        }
    }

    private void kill(int usually, Optional<Path> images, List<String> settings) throws Exception {
        int kills = KilledService.kills(usually);
        try (KilledService service = new KilledService(folder, images, SEED, kills, settings);
                ImportingProcess importing = service.startImport(folder.resolve("import.journal"))) {
            KilledService.Figures figures = service.kill(kills, importing);

            System.out.println(figures);
            assertThat(figures.passedBy()).as("%s", figures).isLessThanOrEqualTo(figures.rows() / MOST_PASSED_BY);
            assertThat(figures.slowest().processorTime())
                    .as("%s", figures)
                    .isLessThan(figures.first().processorTime().plus(MOST_FOR_RECOVERY));
        }
    }
}
