package dev.mekiki.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.training.network.Quadrilateral;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point2f;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RectifierTest {
    private static final float[] TRAPEZOID = {.25f, 0, .75f, 0, 1, 1, 0, 1};

    private PointerScope scope;

    @BeforeEach
    void open() {
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void aCornerIsTheMeanOfPlacesByTheSoftmaxOfItsMap() {
        // Four cells over the image and a sixteenth more on each side: centres at 7/32 and 25/32, squared distances
        // from the image's corners 98/1024, 674/1024 and 1250/1024, of which eight times is taken off.
        float near = 7 / 32f;
        float far = 25 / 32f;
        float beside = 8 * (674 - 98) / 1024f;
        float across = 8 * (1250 - 98) / 1024f;
        float[] maps = {
            60,
            0,
            0,
            0, // surely the first cell
            60,
            0,
            0,
            0, // surely the first, though another corner is nearer
            across,
            beside,
            beside,
            0, // all cells alike
            beside + (float) Math.log(3),
            -60,
            0,
            -60 // the first thrice as likely as the third, its own
        };
        Tensor like = tensor(Quadrilateral.whole());
        Tensor corners = new Rectifier(2, 1, like).corners(torch.from_blob(new FloatPointer(maps), 1, 4, 2, 2));
        assertThat(TrainingEngine.read(corners))
                .containsExactly(
                        new float[] {near, near, near, near, .5f, .5f, near, .75f * near + .25f * far}, within(1e-5f));
    }

    @Test
    void theWholeImageIsSampledAtEvenSteps() {
        assertThat(grid(2, Quadrilateral.whole())).containsExactly(-.5f, -.5f, .5f, -.5f, -.5f, .5f, .5f, .5f);
    }

    @Test
    void theMiddleOfTheSquareIsWhereTheDiagonalsCross() {
        // The trapezoid's meet at (1/2, 1/3); sampling coordinates run from −1 to 1.
        assertThat(grid(1, TRAPEZOID)).containsExactly(new float[] {0, -1 / 3f}, within(1e-6f));
    }

    @Test
    void agreesWithTheMatrixLibraryOnTiltedRectangles() {
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 20; i++) {
            float[] corners = Quadrilateral.whole();
            for (int c = 0; c < corners.length; c++) {
                corners[c] += (float) (random.nextDouble() - .5) * .6f;
            }
            float[] grid = grid(4, corners);
            double[] homography = homography(corners);
            for (int p = 0; p < 16; p++) {
                double u = (p % 4 + .5) / 4;
                double v = (p / 4 + .5) / 4;
                double depth = homography[6] * u + homography[7] * v + homography[8];
                for (int axis = 0; axis < 2; axis++) {
                    double place = (homography[3 * axis] * u + homography[3 * axis + 1] * v + homography[3 * axis + 2])
                            / depth;
                    assertThat(grid[2 * p + axis]).isCloseTo((float) (2 * place - 1), within(1e-4f));
                }
            }
        }
    }

    private static double[] homography(float[] corners) {
        Point2f from = new Point2f(new FloatPointer(Quadrilateral.whole()));
        Mat matrix = opencv_imgproc.getPerspectiveTransform(from, new Point2f(new FloatPointer(corners)));
        double[] values = new double[9];
        new DoublePointer(matrix.data()).get(values);
        return values;
    }

    @Test
    void cornersThatNoDocumentHasGiveNumbersAllTheSame() {
        float[][] broken = {
            new float[8],
            {0, 0, 1, 1, 1, 0, 0, 1},
            {0, 0, .5f, .5f, 1, 1, .2f, .2f},
            {1, 1, 0, 1, 0, 0, 1, 0},
            {0, 0, 1e4f, 0, -1e4f, 1, 0, 1e4f}
        };
        for (float[] corners : broken) {
            for (float place : grid(8, corners)) {
                assertThat(place).isFinite();
            }
        }
    }

    @Test
    void halvingTheWholeImageGivesMeansOfTwoByTwoPixels() {
        float[] pixels = new float[16];
        for (int i = 0; i < 16; i++) {
            pixels[i] = i * i;
        }
        Tensor image = torch.from_blob(new FloatPointer(pixels), 1, 1, 4, 4);
        Tensor cut = new Rectifier(4, 2, image).cut(image, tensor(Quadrilateral.whole()));
        assertThat(TrainingEngine.read(cut))
                .containsExactly(
                        new float[] {
                            (0 + 1 + 16 + 25) / 4f,
                            (4 + 9 + 36 + 49) / 4f,
                            (64 + 81 + 144 + 169) / 4f,
                            (100 + 121 + 196 + 225) / 4f
                        },
                        within(1e-4f));
    }

    private static float[] grid(int size, float[] corners) {
        Tensor tensor = tensor(corners);
        return TrainingEngine.read(new Rectifier(4, size, tensor).grid(tensor));
    }

    private static Tensor tensor(float[] corners) {
        return torch.from_blob(new FloatPointer(corners), 1, corners.length).clone();
    }
}
