package dev.mekiki.samples;

import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;

/** The one place that loads OpenCV for this module and settles its process-wide settings. */
final class OpenCv {
    static {
        // Work is spread over images by the caller; a thread pool inside each call only fights with it, and its
        // splitting of rows is one more way for results to differ between machines.
        opencv_core.setNumThreads(1);
    }

    private OpenCv() {}

    /** Makes sure that the settings hold; cheap after the first call. */
    static void load() {}

    /** A new Mat of the given size. Belongs to the caller's innermost PointerScope, if there is one. */
    static Mat image(int width, int height, Colour colour) {
        try (Scalar fill = new Scalar(colour.blue(), colour.green(), colour.red(), 0)) {
            return new Mat(height, width, opencv_core.CV_8UC3, fill);
        }
    }

    /** A view that shares the pixels of the part. */
    static Mat part(Mat image, int x, int y, int width, int height) {
        try (Rect part = new Rect(x, y, width, height)) {
            return image.apply(part);
        }
    }

    static void checkImage(String name, Mat image) {
        if (image.isNull() || image.empty() || image.type() != opencv_core.CV_8UC3) {
            throw new IllegalArgumentException(name + ": "
                    + (image.isNull() || image.empty() ? "empty" : "type " + image.type())
                    + " (expected: a non-empty 8-bit image of three channels, blue first)");
        }
    }
}
