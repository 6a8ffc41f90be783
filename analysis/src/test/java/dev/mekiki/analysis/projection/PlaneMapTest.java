package dev.mekiki.analysis.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.SyntheticGallery;
import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;
import org.junit.jupiter.api.Test;

class PlaneMapTest {

    @Test
    void keepsLabelsTogetherAndDrawsTheSameMapAgain() {
        SyntheticGallery gallery = new SyntheticGallery(32, 1);
        for (int label = 0; label < 100; label += 5) {
            gallery.addThing(label, "label " + label, 20);
        }
        Snapshot snapshot = gallery.snapshot();
        Grouping labels = snapshot.byMainLabel();
        try (Workers workers = new Workers(1, () -> false)) {
            PlaneMap map = PlaneMap.of(snapshot.vectors(), workers, 3);
            assertThat(PlaneMap.of(snapshot.vectors(), workers, 3).x()).isEqualTo(map.x());
            int together = 0;
            for (int i = 0; i < snapshot.count(); i++) {
                int nearest = -1;
                double least = Double.POSITIVE_INFINITY;
                for (int j = 0; j < snapshot.count(); j++) {
                    double distance = Math.hypot(map.x()[i] - map.x()[j], map.y()[i] - map.y()[j]);
                    if (i != j && distance < least) {
                        least = distance;
                        nearest = j;
                    }
                }
                together += labels.of(nearest) == labels.of(i) ? 1 : 0;
            }
            assertThat(together).isGreaterThan(380);
        }
    }

    @Test
    void refusesToDrawAMapOfAFewPoints() {
        try (Workers workers = new Workers(1, () -> false)) {
            assertThatThrownBy(() -> PlaneMap.of(Points.over(new float[38], 2), workers, 1))
                    .hasMessage("points: 19 (expected: at least 20)");
        }
    }
}
