package dev.mekiki.training.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.training.Drawings;
import dev.mekiki.training.augment.Augmenter;
import dev.mekiki.training.augment.AugmenterSurfaces;
import java.nio.FloatBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.junit.jupiter.api.Test;

class VariantTest {

    @Test
    void makesTwentyFourClassesOfEachImageInOrder() {
        List<Mat> images = Drawings.documents(3);
        TrainingCorpus corpus = CorpusBuilder.variants(images, "d");
        assertThat(corpus.classCount()).isEqualTo(72);
        assertThat(corpus.documentClass(24).images().getFirst()).isSameAs(images.get(1));
        assertThat(corpus.documentClass(24).turn()).isEqualTo(Turn.NONE);
    }

    @Test
    void numbersRunOverTurnsThenFlipsThenParts() {
        assertThat(Variant.of(0)).isEqualTo(new Variant(0, false, Variant.Part.FULL));
        assertThat(Variant.of(5)).isEqualTo(new Variant(0, true, Variant.Part.BOTTOM_HALF));
        assertThat(Variant.of(19)).isEqualTo(new Variant(3, false, Variant.Part.TOP_HALF));
        Set<Variant> all = new HashSet<>();
        for (int i = 0; i < Variant.COUNT; i++) {
            all.add(Variant.of(i));
        }
        assertThat(all).hasSize(24);
        assertThatThrownBy(() -> Variant.of(24)).hasMessage("variant: 24 (expected: 0..23)");
    }

    /** Turned, flipped and cut by the matrix library, every variant looks as the trainer sees it. */
    @Test
    void looksAsTheMatrixLibraryMakesIt() {
        Mat image = Drawings.documents(1).getFirst();
        TrainingCorpus corpus = CorpusBuilder.variants(List.of(image), "d");
        Augmenter augmenter = new Augmenter(new AugmenterSurfaces(corpus, 1));
        for (int i = 0; i < Variant.COUNT; i++) {
            FloatBuffer expected = Drawings.tensor(1);
            Drawings.preprocessor().write(byHand(image, i), expected, 0);
            FloatBuffer seen = Drawings.tensor(1);
            augmenter.photograph(
                    corpus.documentClass(i),
                    0,
                    new SplittableRandom(1),
                    List.of(new Augmenter.Print(Drawings.preprocessor(), seen, 0)));
            assertThat(Drawings.values(seen)).as("variant " + i).isEqualTo(Drawings.values(expected));
        }
    }

    private static Mat byHand(Mat image, int number) {
        Mat made = image.clone();
        int[] turns = {opencv_core.ROTATE_90_CLOCKWISE, opencv_core.ROTATE_180, opencv_core.ROTATE_90_COUNTERCLOCKWISE};
        if (number / 6 > 0) {
            Mat turned = new Mat();
            opencv_core.rotate(made, turned, turns[number / 6 - 1]);
            made = turned;
        }
        if (number / 3 % 2 == 1) {
            Mat flipped = new Mat();
            opencv_core.flip(made, flipped, 0);
            made = flipped;
        }
        int half = made.rows() / 2;
        return switch (number % 3) {
            case 0 -> made;
            case 1 -> made.apply(new Rect(0, 0, made.cols(), half)).clone();
            default ->
                made.apply(new Rect(0, made.rows() - half, made.cols(), half)).clone();
        };
    }
}
