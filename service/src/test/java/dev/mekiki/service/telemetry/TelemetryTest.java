package dev.mekiki.service.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.time.StageDurations;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TelemetryTest {

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Telemetry telemetry = new Telemetry(registry);

    @Test
    void tellsNoMoreGalleriesApartThanThereIsRoomFor() {
        for (int i = 0; i < 70; i++) {
            recognised("g" + i);
        }
        assertThat(registry.find("mekiki.lead.percent").meters()).hasSize(64);
        assertThat(registry.get("mekiki.recognitions")
                        .tag("outcome", "known")
                        .counter()
                        .count())
                .isEqualTo(70);

        telemetry.deleted(new GalleryId("g5"));
        assertThat(registry.find("mekiki.best.score.percent")
                        .tag("gallery", "g5")
                        .meters())
                .isEmpty();
        recognised("late");
        assertThat(registry.find("mekiki.lead.percent").tag("gallery", "late").summaries())
                .singleElement()
                .satisfies(leads -> assertThat(leads.totalAmount()).isEqualTo(25));
    }

    private void recognised(String gallery) {
        telemetry.recognised(
                new GalleryId(gallery),
                new Recognition.Known(LabelPath.of("a"), new ExactScore(-.5), Optional.of(.25), -1),
                StageDurations.NONE);
    }
}
