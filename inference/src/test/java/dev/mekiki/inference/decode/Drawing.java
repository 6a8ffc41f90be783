package dev.mekiki.inference.decode;

import java.util.Random;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;

/** Pictures that the tests draw. */
public final class Drawing {

    private Drawing() {}

    public static Mat solid(int rows, int columns, int blue, int green, int red) {
        return new Mat(rows, columns, opencv_core.CV_8UC3, new Scalar(blue, green, red, 0));
    }

    /** Four quadrants of one colour each: red, green above blue, yellow. */
    static Mat quadrants(int rows, int columns) {
        Mat mat = new Mat(rows, columns, opencv_core.CV_8UC3);
        for (int quadrant = 0; quadrant < 4; quadrant++) {
            int top = quadrant / 2 * (rows / 2);
            int left = quadrant % 2 * (columns / 2);
            int[] colour = colourAt(quadrant / 2 == 1, quadrant % 2 == 1);
            Rect place = new Rect(left, top, columns - left, rows - top);
            opencv_imgproc.rectangle(
                    mat, place, new Scalar(colour[0], colour[1], colour[2], 0), opencv_imgproc.FILLED, 8, 0);
        }
        return mat;
    }

    static int[] colourAt(boolean below, boolean right) {
        if (below) {
            return right ? new int[] {30, 220, 220} : new int[] {220, 40, 40};
        }
        return right ? new int[] {40, 200, 40} : new int[] {40, 40, 220};
    }

    /** A page with lines and shapes; every seed gives another one. */
    public static Mat page(int rows, int columns, long seed) {
        Random random = new Random(seed);
        Mat page = solid(rows, columns, 200 + random.nextInt(56), 200 + random.nextInt(56), 200 + random.nextInt(56));
        for (int i = 0; i < 40; i++) {
            Scalar colour = new Scalar(random.nextInt(256), random.nextInt(256), random.nextInt(256), 0);
            Point from = new Point(random.nextInt(columns), random.nextInt(rows));
            Point to = new Point(random.nextInt(columns), random.nextInt(rows));
            if (i % 4 == 0) {
                opencv_imgproc.rectangle(page, from, to, colour);
            } else {
                opencv_imgproc.line(page, from, to, colour, 1 + random.nextInt(5), opencv_imgproc.LINE_AA, 0);
            }
        }
        return page;
    }
}
