package dev.mekiki.analysis.opinion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.SyntheticGallery;
import dev.mekiki.analysis.graph.ExactNearestNeighbours;
import dev.mekiki.analysis.opinion.OpinionComparison.Way;
import dev.mekiki.analysis.space.Workers;
import org.junit.jupiter.api.Test;

class OpinionComparisonTest {

    private static OpinionComparison compare(Snapshot snapshot) {
        try (Workers workers = new Workers(2, () -> false)) {
            return OpinionComparison.of(snapshot, new ExactNearestNeighbours(), workers, 1);
        }
    }

    @Test
    void everyWayNamesWhatLiesApart() {
        SyntheticGallery gallery = new SyntheticGallery(32, 4);
        for (int label = 0; label < 8; label++) {
            gallery.addThing(label, "label " + label, 31);
        }
        OpinionComparison found = compare(gallery.snapshot());
        assertThat(found.told()).isEqualTo(8 * 16);
        assertThat(found.asked()).isEqualTo(8 * 15);
        assertThat(found.rows()).extracting(OpinionComparison.Row::way).containsExactly(Way.values());
        assertThat(found.rows()).allSatisfy(row -> {
            assertThat(row.all().value()).isGreaterThan(.85);
            assertThat(row.all().low()).isLessThanOrEqualTo(row.all().value());
            // The hard ones are the harder ones.
            assertThat(row.hard().value()).isLessThanOrEqualTo(row.all().value());
        });
        assertThat(compare(gallery.snapshot())).isEqualTo(found);
    }

    // Labels that say nothing of where a thing lies: nobody can know.
    @Test
    void noWayNamesWhatLabelsDoNotShow() {
        SyntheticGallery gallery = new SyntheticGallery(32, 5);
        for (int thing = 0; thing < 80; thing++) {
            gallery.addThing(thing, "label " + thing % 4, 1);
        }
        assertThat(compare(gallery.snapshot()).rows())
                .allSatisfy(row -> assertThat(row.all().value()).isBetween(.05, .55));
    }

    @Test
    void refusesWhatCannotBeCompared() {
        SyntheticGallery one = new SyntheticGallery(8, 1);
        one.addThing(0, "only", 5);
        assertThatThrownBy(() -> compare(one.snapshot())).hasMessageContaining("main labels: 1 (expected: 2..1000");
        SyntheticGallery single = new SyntheticGallery(8, 1);
        single.addThing(0, "a", 1);
        single.addThing(1, "b", 1);
        assertThatThrownBy(() -> compare(single.snapshot())).hasMessageContaining("2 of one label");
    }
}
