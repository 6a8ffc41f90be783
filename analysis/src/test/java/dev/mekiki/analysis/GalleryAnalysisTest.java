package dev.mekiki.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.analysis.AnalysisProgress.Stage;
import dev.mekiki.analysis.finding.Finding;
import dev.mekiki.analysis.graph.ExactNearestNeighbours;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class GalleryAnalysisTest {

    private static AnalysisReport analyse(Snapshot snapshot, AnalysisProgress progress, int threads) {
        return new GalleryAnalysis(new ExactNearestNeighbours(), new Bounds(threads, 100_000), .01, 1)
                .of(snapshot, progress);
    }

    private static SyntheticGallery gallery() {
        SyntheticGallery gallery = new SyntheticGallery(48, 2);
        for (int label = 0; label < 60; label++) {
            gallery.addThing(label, "label " + label, 8);
        }
        gallery.rows.get(9).label = "label 40";
        return gallery;
    }

    @Test
    void reportsOnEverySideOfAGallery() {
        AnalysisReport report = analyse(gallery().snapshot(), AnalysisProgress.NONE, 2);
        assertThat(report.extent()).isEqualTo(new AnalysisReport.Extent(480, 60, 480, 60));
        assertThat(report.space().homogeneity())
                .extracting(AnalysisReport.OfSize::neighbours)
                .containsExactly(1, 10, 100);
        // Of ten neighbours at most seven can be of the own label.
        assertThat(report.space().homogeneity().get(0).homogeneity()).isGreaterThan(.85);
        assertThat(report.space().homogeneity().get(1).homogeneity()).isBetween(.5, .7);
        assertThat(report.space().relativeLocalDensity()).hasSize(4);
        assertThat(report.labels()).hasSize(60).allMatch(l -> l.concentration() > 0 && l.ownCosine() > l.density());
        assertThat(report.labels().get(0).rival())
                .hasValueSatisfying(r -> assertThat(r).isIn("label 1", "label 2", "label 3", "label 4"));
        assertThat(report.findings())
                .anyMatch(f -> f instanceof Finding.Misplaced m
                        && m.nearestOwn().first().equals(SyntheticGallery.id(9)));
        assertThat(report.scores().own().counts().stream().mapToInt(c -> c).sum())
                .isEqualTo(479);
        assertThat(report.communities().modularity())
                .isGreaterThan(report.communities().modularityOfLabels());
        assertThat(report.communities().mutualInformation()).isGreaterThan(.6);
        AnalysisReport.Thresholds thresholds = report.thresholds().orElseThrow();
        assertThat(thresholds.common().threshold().value())
                .isBetween(
                        report.scores().separation().nearestOther(),
                        report.scores().separation().own() + .1);
        assertThat(thresholds.falseAccepts().common()).isCloseTo(.01, within(.02));
        assertThat(report.map()).hasSize(480);
        assertThat(report.took()).containsOnlyKeys(EnumSet.allOf(Stage.class));
    }

    @Test
    void reportsTheSameWithAnyNumberOfThreads() {
        Snapshot snapshot = gallery().snapshot();
        AnalysisReport one = analyse(snapshot, AnalysisProgress.NONE, 1);
        AnalysisReport three = analyse(snapshot, AnalysisProgress.NONE, 3);
        assertThat(withoutTime(three)).usingRecursiveComparison().isEqualTo(withoutTime(one));
    }

    private static AnalysisReport withoutTime(AnalysisReport r) {
        return new AnalysisReport(
                r.extent(),
                r.space(),
                r.scores(),
                r.labels(),
                r.communities(),
                r.findings(),
                r.thresholds(),
                r.map(),
                Map.of());
    }

    @Test
    void endsInEachStageOnceCancelled() {
        Snapshot snapshot = gallery().snapshot();
        for (Stage stage : Stage.values()) {
            Set<Stage> begun = EnumSet.noneOf(Stage.class);
            AnalysisProgress untilThere = new AnalysisProgress() {
                @Override
                public synchronized void at(Stage at, double share) {
                    begun.add(at);
                }

                @Override
                public synchronized boolean isCancelled() {
                    return begun.contains(stage);
                }
            };
            assertThatThrownBy(() -> analyse(snapshot, untilThere, 2)).isInstanceOf(CancellationException.class);
            assertThat(begun).containsExactlyElementsOf(EnumSet.range(Stage.NEIGHBOURS, stage));
        }
    }

    @Test
    void saysNothingOfWhatAFewRegistrationsCannotTell() {
        SnapshotSampler sampler = new SnapshotSampler(2, 10, 1);
        for (int i = 0; i < 2; i++) {
            sampler.add(
                    new RegistrationId("r" + i),
                    LabelPath.of("only"),
                    ContentDigest.of(new byte[] {(byte) i}),
                    new float[] {i, 1 - i});
        }
        AnalysisReport report = analyse(sampler.snapshot(), AnalysisProgress.NONE, 1);
        assertThat(report.findings()).isEmpty();
        assertThat(report.thresholds()).isEmpty();
        assertThat(report.map()).isEmpty();
        assertThat(report.space().calinskiHarabasz()).isNaN();
        assertThat(report.labels().getFirst().rival()).isEmpty();
    }

    @Test
    void neverLooksForNeighboursThatAreNotThere() {
        SnapshotSampler sampler = new SnapshotSampler(2, 10, 1);
        for (int i = 0; i < 5; i++) {
            sampler.add(
                    new RegistrationId("r" + i),
                    LabelPath.of("l" + i),
                    ContentDigest.of(new byte[] {(byte) i}),
                    new float[] {1, 0});
        }
        AnalysisReport report = analyse(sampler.snapshot(), AnalysisProgress.NONE, 1);
        assertThat(report.extent().labels()).isEqualTo(5);
        assertThat(report.space().intrinsicDimension()).isNaN();
    }

    @Test
    void boundsFollowFromMemory() {
        assertThat(Bounds.within(4L << 30, 256, 2).registrations()).isBetween(900_000, 1_000_000);
        assertThat(Bounds.within(1L << 28, 256, 2).registrations()).isBetween(50_000, 70_000);
        assertThatThrownBy(() -> new Bounds(0, 10)).hasMessage("threads: 0 (expected: at least 1)");
    }
}
