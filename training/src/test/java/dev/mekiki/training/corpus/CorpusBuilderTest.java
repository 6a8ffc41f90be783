package dev.mekiki.training.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.training.Drawings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusBuilderTest {

    @Test
    void makesClassesOfTurnsPartsAndCollages() {
        CorpusBuilder.Mixture mixture = new CorpusBuilder.Mixture(3, 5, .2, .3, .2, .1);
        TrainingCorpus corpus = CorpusBuilder.build(Drawings.documents(4), Drawings.documents(2), mixture, 1, "d");
        assertThat(corpus.groups().stream()
                        .map(g -> g.name() + " " + g.classes().size()))
                .containsExactly("upright 4", "turned 28", "parts 12", "collages 5", "drawn 2");
        assertThat(corpus.classCount()).isEqualTo(51);
        assertThat(corpus.groups().getLast().share()).isCloseTo(.2, org.assertj.core.api.Assertions.within(1e-9));
        assertThat(corpus.documentClass(4).turn()).isNotEqualTo(Turn.NONE);
    }

    @Test
    void sameSeedGivesTheSameClasses() {
        CorpusBuilder.Mixture mixture = new CorpusBuilder.Mixture(1, 6, .3, .3, .2, .2);
        TrainingCorpus one = CorpusBuilder.build(Drawings.documents(3), List.of(), mixture, 1, "d");
        TrainingCorpus two = CorpusBuilder.build(Drawings.documents(3), List.of(), mixture, 1, "d");
        for (int i = 0; i < one.classCount(); i++) {
            assertThat(opencv_core.norm(
                            one.documentClass(i).images().getFirst(),
                            two.documentClass(i).images().getFirst()))
                    .isZero();
        }
    }

    @Test
    void drawsGroupsByTheirShare() {
        CorpusBuilder.Mixture mixture = new CorpusBuilder.Mixture(0, 2, .1, .3, 0, .6);
        TrainingCorpus corpus = CorpusBuilder.build(Drawings.documents(2), List.of(), mixture, 1, "d");
        SplittableRandom random = new SplittableRandom(1);
        long collages =
                IntStream.range(0, 5000).filter(i -> corpus.draw(random) >= 16).count();
        assertThat(collages).isBetween(2850L, 3150L);
    }

    @Test
    void leavesOutUnseenAndRepeatedFiles(@TempDir Path folder) throws IOException {
        List<Mat> documents = Drawings.documents(3);
        opencv_imgcodecs.imwrite(folder.resolve("a.png").toString(), documents.get(0));
        opencv_imgcodecs.imwrite(folder.resolve("again.jpg").toString(), documents.get(0));
        opencv_imgcodecs.imwrite(folder.resolve("b.png").toString(), documents.get(1));
        opencv_imgcodecs.imwrite(folder.resolve("unseen.png").toString(), documents.get(2));
        assertThat(CorpusBuilder.readDocuments(folder, Set.of("unseen.png"))).hasSize(2);
    }

    @Test
    void digestChangesWithTheDocuments(@TempDir Path folder) throws IOException {
        List<Mat> documents = Drawings.documents(2);
        opencv_imgcodecs.imwrite(folder.resolve("a.png").toString(), documents.get(0));
        String one = CorpusBuilder.digest(folder, Set.of());
        opencv_imgcodecs.imwrite(folder.resolve("b.png").toString(), documents.get(1));
        assertThat(CorpusBuilder.digest(folder, Set.of())).isNotEqualTo(one);
        assertThat(CorpusBuilder.digest(folder, Set.of("b.png"))).isEqualTo(one);
    }

    @Test
    void refusesAFolderWithoutImages(@TempDir Path folder) {
        assertThatThrownBy(() -> CorpusBuilder.readDocuments(folder, Set.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no images");
    }

    @Test
    void refusesSharesThatDoNotSumToOne() {
        CorpusBuilder.Mixture mixture = new CorpusBuilder.Mixture(0, 0, .5, .3, 0, 0);
        assertThatThrownBy(() -> CorpusBuilder.build(Drawings.documents(2), List.of(), mixture, 1, "d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.8");
    }
}
