package dev.mekiki.training.augment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.training.Drawings;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.corpus.TrainingCorpus.DocumentClass;
import dev.mekiki.training.corpus.Turn;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CropAugmenterTest {
    private static TrainingCorpus corpus;

    private final CropAugmenter augmenter = new CropAugmenter();

    @BeforeAll
    static void draw() {
        corpus = Drawings.corpus(2);
    }

    @Test
    void withoutStrengthItIsTheImageAsServingSeesIt() {
        FloatBuffer expected = Drawings.tensor(1);
        Drawings.preprocessor().write(corpus.documentClass(0).images().getFirst(), expected, 0);

        assertThat(view(corpus.documentClass(0), 0, 3)).isEqualTo(Drawings.values(expected));
    }

    @Test
    void sameSeedGivesTheSameViewAndAnotherAnother() {
        DocumentClass drawing = corpus.documentClass(0);

        assertThat(view(drawing, 1, 1)).isEqualTo(view(drawing, 1, 1)).isNotEqualTo(view(drawing, 1, 2));
    }

    @Test
    void strongerViewsAreFartherFromTheImage() {
        DocumentClass drawing = corpus.documentClass(0);
        float[] flat = view(drawing, 0, 0);
        double mild = 0;
        double strong = 0;
        for (long seed = 0; seed < 40; seed++) {
            mild += Math.sqrt(squares(flat, view(drawing, .05, 2 * seed)));
            strong += Math.sqrt(squares(flat, view(drawing, 1, 2 * seed)));
        }
        assertThat(mild).isLessThan(strong);
    }

    /** Grey has no hue, and nothing to be more or less saturated. */
    @Test
    void greyStaysGrey() {
        DocumentClass grey =
                new DocumentClass(new Mat(32, 32, opencv_core.CV_8UC3, Scalar.all(120)), new Turn(0, false));
        for (long seed = 0; seed < 40; seed++) {
            float[] values = view(grey, 1, seed);
            for (float value : values) {
                assertThat(value).isBetween(values[0] - 0.005f, values[0] + 0.005f);
            }
        }
    }

    @Test
    void drawsFromImagesOfAnySize() {
        for (int[] size : new int[][] {{1, 1}, {2, 40}, {40, 2}, {3, 3}}) {
            DocumentClass small = new DocumentClass(
                    new Mat(size[0], size[1], opencv_core.CV_8UC3, Scalar.all(200)), new Turn(1, true));
            for (long seed = 0; seed < 20; seed++) {
                assertThat(view(small, 1, seed)).doesNotContain(Float.NaN);
            }
        }
    }

    private float[] view(DocumentClass of, double strength, long seed) {
        FloatBuffer tensor = Drawings.tensor(1);
        augmenter.crop(
                of,
                strength,
                new SplittableRandom(seed),
                List.of(new Augmenter.Print(Drawings.preprocessor(), tensor, 0)));
        return Drawings.values(tensor);
    }

    private static double squares(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (double) (a[i] - b[i]);
        }
        return sum;
    }
}
