package dev.mekiki.training.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.training.Drawings;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.corpus.TrainingCorpus.DocumentClass;
import dev.mekiki.training.corpus.Turn;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AugmenterTest {
    private static TrainingCorpus corpus;
    private static AugmenterSurfaces surfaces;

    @BeforeAll
    static void draw() {
        corpus = Drawings.corpus(2);
        surfaces = Drawings.surfaces(corpus);
    }

    @Test
    void sameSeedGivesTheSamePhotographOnAnyAugmenter() {
        Augmenter used = new Augmenter(surfaces);
        photograph(used, corpus.documentClass(1), 1, 77);
        for (long seed = 0; seed < 20; seed++) {
            assertThat(photograph(used, corpus.documentClass(0), 1, seed))
                    .isEqualTo(photograph(new Augmenter(surfaces), corpus.documentClass(0), 1, seed));
        }
    }

    @Test
    void anotherSeedGivesAnotherPhotograph() {
        Augmenter augmenter = new Augmenter(surfaces);
        assertThat(photograph(augmenter, corpus.documentClass(0), 1, 1))
                .isNotEqualTo(photograph(augmenter, corpus.documentClass(0), 1, 2));
    }

    @Test
    void strongerPhotographsAreFartherFromTheFlatDocument() {
        Augmenter augmenter = new Augmenter(surfaces);
        double mild = 0;
        double strong = 0;
        float[] flat = photograph(augmenter, corpus.documentClass(0), 0, 0);
        for (long seed = 0; seed < 20; seed++) {
            mild += distance(flat, photograph(augmenter, corpus.documentClass(0), .05, seed));
            strong += distance(flat, photograph(augmenter, corpus.documentClass(0), 1, seed));
        }
        assertThat(mild).isLessThan(strong / 1.5);
    }

    @Test
    void valuesStayInRangeAtFullStrength() {
        Augmenter augmenter = new Augmenter(surfaces);
        for (long seed = 0; seed < 40; seed++) {
            for (float v : photograph(augmenter, corpus.documentClass((int) seed % 16), 1, seed)) {
                assertThat(v).isBetween(0f, 1.00001f);
            }
        }
    }

    @Test
    void turnsADocumentAsTheMatrixLibraryDoes() {
        Mat image = corpus.documentClass(0).images().getFirst();
        Mat rotated = new Mat();
        opencv_core.rotate(image, rotated, opencv_core.ROTATE_90_CLOCKWISE);
        FloatBuffer expected = Drawings.tensor(1);
        Drawings.preprocessor().write(rotated, expected, 0);
        assertThat(photograph(new Augmenter(surfaces), new DocumentClass(image, new Turn(1, false)), 0, 0))
                .isEqualTo(Drawings.values(expected));
    }

    @Test
    void photographsTheTurnedDocumentTheSameWayRound() {
        // At a trace of strength the photograph is the document but for a little noise: any wrong corner shows.
        for (int quarters = 0; quarters < 4; quarters++) {
            for (boolean mirrored : new boolean[] {false, true}) {
                DocumentClass turned =
                        new DocumentClass(corpus.documentClass(0).images().getFirst(), new Turn(quarters, mirrored));
                Augmenter augmenter = new Augmenter(surfaces);
                float[] flat = photograph(augmenter, turned, 0, 0);
                double own = 0;
                double other = 0;
                for (long seed = 0; seed < 6; seed++) {
                    float[] trace = photograph(augmenter, turned, .02, seed);
                    own += distance(flat, trace);
                    Turn opposite = new Turn((quarters + 2) % 4, mirrored);
                    other += distance(
                            photograph(
                                    augmenter, new DocumentClass(turned.images().getFirst(), opposite), 0, 0),
                            trace);
                }
                assertThat(own).as(quarters + " " + mirrored).isLessThan(other / 1.3);
            }
        }
    }

    @Test
    void refusesStrengthsOutOfRange() {
        assertThatThrownBy(() -> photograph(new Augmenter(surfaces), corpus.documentClass(0), 1.5, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("strength: 1.5 (expected: 0..1)");
    }

    private static float[] photograph(Augmenter augmenter, DocumentClass document, double strength, long seed) {
        FloatBuffer tensor = Drawings.tensor(1);
        augmenter.photograph(
                document,
                strength,
                new SplittableRandom(seed),
                List.of(new Augmenter.Print(Drawings.preprocessor(), tensor, 0)));
        return Drawings.values(tensor);
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum / a.length;
    }
}
