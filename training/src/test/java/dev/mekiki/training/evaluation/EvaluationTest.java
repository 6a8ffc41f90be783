package dev.mekiki.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.Drawings;
import dev.mekiki.training.export.ModelExport;
import dev.mekiki.training.network.NetworkSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
    private static final Evaluation.Settings SETTINGS = new Evaluation.Settings(2, 160, 3, 7, 2, 100);

    @TempDir
    private static Path folder;

    /** Four documents: two generations under one main label, two images of one label, a loose one. */
    @BeforeAll
    static void drawAndExport() throws IOException {
        List<Mat> documents = Drawings.documents(4);
        List<String> names = List.of("card/first/a.png", "card/second/b.png", "card/second/c.png", "loose.png");
        for (int i = 0; i < names.size(); i++) {
            Path file = folder.resolve("documents").resolve(names.get(i));
            Files.createDirectories(file.getParent());
            opencv_imgcodecs.imwrite(file.toString(), documents.get(i));
        }
        // Untrained, all biases are zero, and so is the embedding of a black image, which serving refuses.
        ModelExport.write(
                Drawings.train(NetworkSettings.DOCUMENTS, 2),
                folder,
                "barely",
                1,
                new ModelCard.Calibration(.001, .5, .1, 0, "none"),
                new ModelCard.Provenance("data", 3, "test", "jvm", Map.of()));
    }

    @Test
    void readsLabelsFromTheFolders() throws IOException {
        DocumentFolder documents = read();
        assertThat(documents.names()).containsExactly("card/first", "card/second", "loose.png");
        assertThat(documents.labels()).containsExactly(0, 1, 1, 2);
    }

    @Test
    void leavesOutWhatIsNotWanted() throws IOException {
        assertThat(DocumentFolder.read(folder.resolve("documents"), name -> !name.equals("card/second/b.png"))
                        .labels())
                .containsExactly(0, 1, 2);
        assertThatThrownBy(() -> DocumentFolder.read(folder.resolve("documents"), "card/first/a.png"::equals))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 labels");
    }

    @Test
    void reportsEveryConditionAndCountsItsPairs() throws IOException {
        EvaluationReport report = Evaluation.run(folder.resolve("barely.onnx"), read(), SETTINGS);
        assertThat(report.parts().keySet()).containsExactly("mild", "hard", "all");
        Verification mild = report.part("mild").photographPairs();
        // Eight photographs, four of them of one label: 1 + 6 + 1 pairs are positive, 28 pairs in all.
        assertThat(mild.positivePairs()).isEqualTo(8);
        assertThat(mild.negativePairs()).isEqualTo(20);
        assertThat(report.part("all").photographs()).isEqualTo(16);
        assertThat(report.table())
                .contains("barely@1")
                .contains("TPR@FPR=1e-04")
                .contains("TPIR@FPIR=1e-02");
        assertThat(report.conditions().keySet()).containsExactly("mild", "hard");
        assertThat(report.conditions().get("hard"))
                .anyMatch(row -> row.trait().equals("perspective"))
                .anyMatch(row -> row.trait().equals(Shot.COVERAGE));
    }

    @Test
    void givesTheSameReportTwice() throws IOException {
        Path onnx = folder.resolve("barely.onnx");
        assertThat(Evaluation.run(onnx, read(), SETTINGS)).isEqualTo(Evaluation.run(onnx, read(), SETTINGS));
    }

    private static DocumentFolder read() throws IOException {
        return DocumentFolder.read(folder.resolve("documents"), name -> true);
    }
}
