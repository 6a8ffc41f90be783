package dev.mekiki.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.training.corpus.ClassSettings;
import dev.mekiki.training.evaluation.DocumentFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataTest {

    @TempDir
    private Path folder;

    @Test
    void makesAClassOfEachFolderOfImages() throws IOException {
        List<Mat> drawn = Drawings.documents(5);
        write("passport/first/a.png", drawn.get(0));
        write("passport/first/b.png", drawn.get(1));
        write("passport/second/c.png", drawn.get(2));
        write("licence/d.png", drawn.get(3));
        write("licence/unseen.png", drawn.get(4));
        TrainingData data = read(ClassSettings.Kind.FOLDERS, 0, Set.of("licence/unseen.png"));
        assertThat(data.heldOut()).isEmpty();
        assertThat(data.corpus().classCount()).isEqualTo(3);
        assertThat(data.corpus().documentClass(0).images()).hasSize(1);
        assertThat(data.corpus().documentClass(1).images()).hasSize(2);
    }

    @Test
    void holdsLabelsOutThatAreNoClassesThen() throws IOException {
        List<Mat> drawn = Drawings.documents(9);
        for (int i = 0; i < 9; i++) {
            write("d" + i + ".png", drawn.get(i));
        }
        TrainingData data = read(ClassSettings.Kind.VARIANTS, 4, Set.of("d3.png"));
        DocumentFolder held = data.heldOut().orElseThrow();
        assertThat(held.names()).hasSize(4).doesNotContain("d3.png");
        assertThat(held.labels()).containsExactly(0, 1, 2, 3);
        assertThat(data.corpus().classCount()).isEqualTo(24 * 4);
        // The choice is the names', not the run's.
        assertThat(read(ClassSettings.Kind.IMAGES, 4, Set.of("d3.png"))
                        .heldOut()
                        .orElseThrow()
                        .names())
                .isEqualTo(held.names());
    }

    @Test
    void refusesToHoldOutMoreThanThereIs() throws IOException {
        write("a.png", Drawings.documents(1).getFirst());
        write("b.png", Drawings.documents(2).getLast());
        assertThatThrownBy(() -> read(ClassSettings.Kind.IMAGES, 4, Set.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("2 labels besides the unseen (expected: at least 6");
    }

    @Test
    void keepsATenthOfTheLabelsOutIfNobodyNamesAny() throws IOException {
        List<Mat> drawn = Drawings.documents(30);
        for (int i = 0; i < 30; i++) {
            write("d" + i + ".png", drawn.get(i));
        }
        Set<String> chosen = UnseenFiles.of(folder);
        assertThat(chosen).hasSize(3).allMatch(name -> name.matches("d\\d+\\.png"));
        assertThat(UnseenFiles.of(folder)).isEqualTo(chosen);
        for (String name : UnseenDocuments.names().stream().limit(2).toList()) {
            Files.copy(folder.resolve("d0.png"), folder.resolve(name));
        }
        assertThat(UnseenFiles.of(folder)).isSubsetOf(UnseenDocuments.names()).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void keepsWholeLabelsOutWhereTheyAreFolders() throws IOException {
        List<Mat> drawn = Drawings.documents(8);
        for (int i = 0; i < 8; i++) {
            write("label" + i / 2 + "/" + i % 2 + ".png", drawn.get(i));
        }
        Set<String> chosen = UnseenFiles.of(folder);
        assertThat(chosen).hasSize(4);
        for (String name : chosen) {
            assertThat(chosen).contains(name.replace("0.png", "1.png"));
        }
        assertThat(read(ClassSettings.Kind.FOLDERS, 0, chosen).corpus().classCount())
                .isEqualTo(2);
    }

    @Test
    void keepsOutWhatIsNamedByPathOrByFolder() throws IOException {
        List<Mat> drawn = Drawings.documents(4);
        write("a/0.png", drawn.get(0));
        write("a/sub/0.png", drawn.get(1));
        write("b/0.png", drawn.get(2));
        write("b/1.png", drawn.get(3));
        assertThat(UnseenFiles.named(folder, List.of("a", "b/1.png")))
                .containsExactlyInAnyOrder("a/0.png", "a/sub/0.png", "b/1.png");
        assertThatThrownBy(() -> UnseenFiles.named(folder, List.of("b", "0.png")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("unseen: \"0.png\" (expected: an image or a folder of images in ");
    }

    @Test
    void saysThatThereMustBeSomethingToKeepOut() throws IOException {
        write("a.png", Drawings.documents(1).getFirst());
        write("b.png", Drawings.documents(2).getLast());
        assertThatThrownBy(() -> UnseenFiles.of(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("2 labels (expected: at least 4, of which 2 are kept out");
    }

    private TrainingData read(ClassSettings.Kind kind, int heldOut, Set<String> unseen) throws IOException {
        Recipe recipe = Recipe.documents()
                .with("{classes: {kind: " + kind + ", drawnDocuments: 0}, earlyStopping: {labels: " + heldOut
                        + ", everyImages: 1000, patience: 3, leastGain: 0}}");
        return TrainingData.read(folder, unseen, recipe, line -> {});
    }

    private void write(String name, Mat image) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        opencv_imgcodecs.imwrite(file.toString(), image);
    }
}
