package dev.mekiki.samples;

import static org.bytedeco.opencv.global.opencv_core.copyMakeBorder;

import java.util.random.RandomGenerator;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Gaussian noise, kept ready: drawing a million normal numbers costs ten times as much as copying them. The sheet is
 * never written after it is made, so threads share it.
 */
final class Grain {
    /** Standard deviation of the sheet in grey levels around 128. */
    static final double DEVIATION = 32;

    private static final int SIDE = 1024;
    private static final Mat SHEET = sheet();

    private Grain() {}

    private static Mat sheet() {
        OpenCv.load();
        RandomGenerator random = Seeds.random(0, 0);
        byte[] values = new byte[3 * SIDE * SIDE];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) Math.clamp(Math.round(128 + DEVIATION * random.nextGaussian()), 0, 255);
        }
        Mat sheet = new Mat(SIDE, SIDE, opencv_core.CV_8UC3);
        // Lives as long as the class, whichever PointerScope happens to be open when it is first used.
        sheet.retainReference();
        sheet.data().put(values);
        return sheet;
    }

    /** A random piece of noise of three channels, mean 128. The caller closes it; its pixels may be shared. */
    static Mat cut(int width, int height, RandomGenerator random) {
        if (width <= SIDE && height <= SIDE) {
            return OpenCv.part(
                    SHEET, random.nextInt(SIDE - width + 1), random.nextInt(SIDE - height + 1), width, height);
        }
        Mat large = new Mat();
        copyMakeBorder(
                SHEET, large, 0, Math.max(0, height - SIDE), 0, Math.max(0, width - SIDE), opencv_core.BORDER_WRAP);
        try (large) {
            return OpenCv.part(
                    large,
                    random.nextInt(large.cols() - width + 1),
                    random.nextInt(large.rows() - height + 1),
                    width,
                    height);
        }
    }
}
