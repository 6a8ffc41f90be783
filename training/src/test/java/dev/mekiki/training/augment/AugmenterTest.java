package dev.mekiki.training.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.training.Drawings;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.corpus.TrainingCorpus.DocumentClass;
import dev.mekiki.training.corpus.Turn;
import dev.mekiki.training.network.Quadrilateral;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
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
    void saysWhereTheDocumentLies() {
        // Two documents of one size under the same random numbers differ where the document is, and nowhere else.
        DocumentClass black = new DocumentClass(new Mat(120, 180, opencv_core.CV_8UC3, Scalar.all(0)), Turn.NONE);
        DocumentClass white = new DocumentClass(new Mat(120, 180, opencv_core.CV_8UC3, Scalar.all(255)), Turn.NONE);
        Augmenter augmenter = new Augmenter(surfaces);
        for (long seed = 0; seed < 30; seed++) {
            FloatBuffer one = Drawings.tensor(1);
            FloatBuffer other = Drawings.tensor(1);
            float[] corners = photograph(augmenter, black, .6, seed, one);
            assertThat(photograph(augmenter, white, .6, seed, other)).isEqualTo(corners);
            assertThat(Quadrilateral.area(corners)).isGreaterThan(.1);
            double inside = 0;
            double outside = 0;
            int insides = 0;
            for (int p = 0; p < Drawings.SIZE * Drawings.SIZE; p++) {
                double x = (p % Drawings.SIZE + .5) / Drawings.SIZE;
                double y = (p / Drawings.SIZE + .5) / Drawings.SIZE;
                double difference = Math.abs(one.get(p) - other.get(p));
                double depth = depth(corners, x, y);
                if (depth > .03) {
                    inside += difference;
                    insides++;
                } else if (depth < -.03) {
                    outside = Math.max(outside, difference);
                }
            }
            assertThat(inside / insides).as("inside, seed " + seed).isGreaterThan(.15);
            assertThat(outside).as("outside, seed " + seed).isLessThan(.35);
        }
    }

    /** How far within the nearest side a point lies, in shares of the photograph; negative outside. */
    private static double depth(float[] corners, double x, double y) {
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < corners.length; i += 2) {
            int next = (i + 2) % corners.length;
            double dx = corners[next] - corners[i];
            double dy = corners[next + 1] - corners[i + 1];
            least = Math.min(least, (dx * (y - corners[i + 1]) - dy * (x - corners[i])) / Math.hypot(dx, dy));
        }
        return least;
    }

    @Test
    void refusesStrengthsOutOfRange() {
        assertThatThrownBy(() -> photograph(new Augmenter(surfaces), corpus.documentClass(0), 1.5, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("strength: 1.5 (expected: 0..1)");
    }

    private static float[] photograph(Augmenter augmenter, DocumentClass document, double strength, long seed) {
        FloatBuffer tensor = Drawings.tensor(1);
        photograph(augmenter, document, strength, seed, tensor);
        return Drawings.values(tensor);
    }

    /** Returns where the document lies. */
    private static float[] photograph(
            Augmenter augmenter, DocumentClass document, double strength, long seed, FloatBuffer into) {
        return augmenter.photograph(
                document,
                strength,
                new SplittableRandom(seed),
                List.of(new Augmenter.Print(Drawings.preprocessor(), into, 0)));
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs(a[i] - b[i]);
        }
        return sum / a.length;
    }
}
