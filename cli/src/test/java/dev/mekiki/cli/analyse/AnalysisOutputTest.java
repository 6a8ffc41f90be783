package dev.mekiki.cli.analyse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mekiki.analysis.AnalysisProgress;
import dev.mekiki.analysis.AnalysisReport;
import dev.mekiki.analysis.Bounds;
import dev.mekiki.analysis.GalleryAnalysis;
import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.graph.ExactNearestNeighbours;
import dev.mekiki.analysis.opinion.OpinionComparison;
import dev.mekiki.analysis.space.Workers;
import dev.mekiki.cli.archive.ArchivedSnapshot;
import dev.mekiki.cli.archive.GalleryArchive;
import dev.mekiki.cli.archive.WrittenArchives;
import dev.mekiki.cli.table.UnreadableTableException;
import dev.mekiki.samples.DocumentGenerator;
import dev.mekiki.samples.Photographer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnalysisOutputTest {

    @TempDir
    Path folder;

    private GalleryArchive archive;
    private Snapshot snapshot;
    private AnalysisReport report;
    private Provenance provenance;

    @BeforeEach
    void analyse() throws Exception {
        archive = WrittenArchives.withOneSwapped(folder.resolve("g.parquet"), 30);
        Bounds bounds = new Bounds(1, 1_000);
        snapshot = ArchivedSnapshot.of(archive, bounds, 1, WrittenArchives.quiet());
        report = new GalleryAnalysis(new ExactNearestNeighbours(), bounds, .01, 1).of(snapshot, AnalysisProgress.NONE);
        provenance = Provenance.of(archive.notes(), "test", 1);
    }

    @Test
    void jsonHasEveryPartWithWhereItIsFrom() throws Exception {
        String json = AnalysisJson.write(report, Optional.empty(), provenance);
        JsonNode tree = new ObjectMapper().readTree(json);
        assertThat(tree.path("gallery").asText()).isEqualTo("galleries/g");
        assertThat(tree.path("registrationsDigest").asText())
                .isEqualTo(archive.notes().digest());
        assertThat(tree.path("extent").path("registrations").asInt()).isEqualTo(300);
        JsonNode misplaced = tree.path("findings").path(0);
        assertThat(misplaced.path("kind").asText()).isEqualTo("Misplaced");
        assertThat(misplaced.path("action").path("kind").asText()).isEqualTo("Relabel");
        assertThat(misplaced.path("action").path("registration").asText()).isEqualTo("r0000");
        assertThat(misplaced.path("action").path("to").asText()).isEqualTo("label 0");
        assertThat(tree.path("labels")).hasSize(30);
        assertThat(tree.path("map")).hasSize(300);
        assertThat(tree.path("thresholds")
                        .path("common")
                        .path("threshold")
                        .path("low")
                        .isNumber())
                .isTrue();
        assertThat(tree.path("took").path("NEIGHBOURS").isNumber()).isTrue();
        assertThat(json).doesNotContain("NaN").doesNotContain("\"present\"");
    }

    @Test
    void thresholdsAreReadBackWithWhereTheyComeFrom() throws Exception {
        String json = AnalysisJson.write(report, Optional.empty(), provenance);
        AnalysisReport.Thresholds found = report.thresholds().orElseThrow();

        ReportedThresholds common = ReportedThresholds.read(json, ReportedThresholds.Kind.COMMON);
        assertThat(common.spaceDigest()).isEqualTo(provenance.spaceDigest());
        assertThat(common.falseAcceptRate()).isEqualTo(.01);
        assertThat(common.threshold()).isEqualTo(found.common().threshold().value());
        assertThat(common.labels()).isEmpty();
        assertThat(common.calibration().getMethod()).contains("test").contains("seed 1");
        assertThat(common.calibration().getData()).contains(archive.notes().digest());
        assertThat(common.calibration().getImpostorCount())
                .isEqualTo(found.common().impostors());
        assertThat(common.calibration().getFalseAcceptRateInterval().getHigh())
                .isEqualTo(found.common().rate().high());

        ReportedThresholds single = ReportedThresholds.read(json, ReportedThresholds.Kind.SINGLE);
        assertThat(single.threshold()).isEqualTo(found.base().threshold().value());
        assertThat(single.labels()).isEqualTo(found.labels());
        assertThat(single.labelsInReport()).isEqualTo(found.labels().size()).isPositive();

        assertThat(ReportedThresholds.read(json, ReportedThresholds.Kind.BETTER))
                .isEqualTo(found.singleOnesAreBetter() ? single : common);
    }

    @Test
    void readsNoThresholdsWhereThereAreNone() throws Exception {
        for (String text : new String[] {"{", "{\"findings\": []}", "{\"thresholds\": {\"common\": {}}}"}) {
            assertThatThrownBy(() -> ReportedThresholds.read(text, ReportedThresholds.Kind.COMMON))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("that analyse wrote with --json");
        }
    }

    @Test
    void opinionsAreInTheSummaryAndInTheJson() throws Exception {
        OpinionComparison compared;
        try (Workers workers = new Workers(1, () -> false)) {
            compared = OpinionComparison.of(snapshot, new ExactNearestNeighbours(), workers, 1);
        }
        JsonNode opinions = new ObjectMapper()
                .readTree(AnalysisJson.write(report, Optional.of(compared), provenance))
                .path("opinions");
        // Of 28 labels of ten five each, of the two that exchanged one, eleven and nine, five and four.
        assertThat(opinions.path("asked").asInt()).isEqualTo(149);
        assertThat(opinions.path("rows")).hasSize(4);
        assertThat(opinions.path("rows").path(2).path("way").asText()).isEqualTo("LINEAR_HEAD");
        assertThat(AnalysisSummary.of(compared))
                .contains("149 that were not told")
                .contains("  linear head  ");
    }

    @Test
    void pageIsWellFormedAndShowsPicturesOfWhatIsKept() throws Exception {
        Path kept = folder.resolve("kept");
        // The folder of the digest holds a picture; whether it is the right one is not the page's to check.
        String digest = snapshot.content(number("r0000")).hex();
        Path image = kept.resolve("images").resolve(digest.substring(0, 2)).resolve(digest);
        Files.createDirectories(image.getParent());
        try (Mat drawn = DocumentGenerator.drawRandom(5, 300)) {
            Files.write(image, Photographer.encodeJpeg(drawn, 90));
        }
        String page = AnalysisPage.of(report, provenance, new KeptPictures(snapshot, kept));
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(
                        page.replace("<!DOCTYPE html>", "").getBytes(StandardCharsets.UTF_8)));
        assertThat(page)
                .contains("Registrations that seem to be of another label: 1")
                .contains("move r0000 to label 0")
                .contains("data:image/jpeg;base64,")
                .contains("What lies together is alike")
                .contains("Concentration and error");
        assertThat(AnalysisPage.of(report, provenance, new KeptPictures(snapshot, null)))
                .doesNotContain("data:image/jpeg");
    }

    @Test
    void summaryNamesTheFaultAndTheThreshold() {
        assertThat(AnalysisSummary.of(report))
                .contains("300 registrations of 30 labels")
                .contains("move r0000 to label 0")
                .contains("false-accept rate of 0.01");
    }

    @Test
    void readsASampleWhereNotAllFit() throws Exception {
        Snapshot sample = ArchivedSnapshot.of(archive, new Bounds(1, 100), 1, WrittenArchives.quiet());
        assertThat(sample.isSample()).isTrue();
        assertThat(sample.count()).isLessThanOrEqualTo(100);
        assertThat(sample.registrationsSeen()).isEqualTo(300);
    }

    @Test
    void tellsThatThereIsNothingToAnalyse() throws Exception {
        GalleryArchive empty = WrittenArchives.withOneSwapped(folder.resolve("e.parquet"), 0);
        assertThatThrownBy(() -> ArchivedSnapshot.of(empty, new Bounds(1, 100), 1, WrittenArchives.quiet()))
                .isInstanceOf(UnreadableTableException.class)
                .hasMessageContaining("at least 2 to analyse");
    }

    private int number(String id) {
        int i = 0;
        while (!snapshot.id(i).value().equals(id)) {
            i++;
        }
        return i;
    }
}
