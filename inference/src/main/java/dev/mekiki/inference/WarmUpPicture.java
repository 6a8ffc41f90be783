package dev.mekiki.inference;

import java.util.Random;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** A picture that costs about as much to decode as a scan does. */
final class WarmUpPicture {

    private static final int WIDTH = 448;
    private static final int HEIGHT = 336;

    /** So much contrast makes a file of the size that scans have. */
    private static final int DARKEST = 120;

    private static final int LIGHTEST = 130;

    private WarmUpPicture() {}

    /** Grain of little contrast, 0.15 megapixels, as a JPEG of some 30 kB. */
    static byte[] jpeg() {
        Random random = new Random(0);
        byte[] pixels = new byte[3 * WIDTH * HEIGHT];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(DARKEST, LIGHTEST);
        }
        try (BytePointer bgr = new BytePointer(pixels);
                Mat grain = new Mat(HEIGHT, WIDTH, opencv_core.CV_8UC3, bgr);
                BytePointer file = new BytePointer()) {
            if (!opencv_imgcodecs.imencode(".jpg", grain, file)) {
                throw new IllegalStateException("OpenCV cannot write JPEG");
            }
            byte[] bytes = new byte[Math.toIntExact(file.limit())];
            file.get(bytes);
            return bytes;
        }
    }
}
