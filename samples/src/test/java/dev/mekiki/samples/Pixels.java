package dev.mekiki.samples;

import static org.bytedeco.opencv.global.opencv_core.NORM_L1;
import static org.bytedeco.opencv.global.opencv_core.noArray;
import static org.bytedeco.opencv.global.opencv_core.norm;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** Measures of images for the tests. */
final class Pixels {
    private Pixels() {}

    static byte[] of(Mat image) {
        try (Mat whole = image.clone()) {
            byte[] bytes = new byte[Math.toIntExact(whole.total() * whole.elemSize())];
            whole.data().get(bytes);
            return bytes;
        }
    }

    static String digest(Mat image) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update((image.cols() + "x" + image.rows()).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(sha.digest(of(image)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Mean grey level over all channels. */
    static double mean(Mat image) {
        long sum = 0;
        byte[] bytes = of(image);
        for (byte b : bytes) {
            sum += b & 0xff;
        }
        return sum / (double) bytes.length;
    }

    /** Mean absolute difference of horizontal neighbours: falls with blur, rises with noise. */
    static double detail(Mat image) {
        byte[] bytes = of(image);
        int row = image.cols() * 3;
        long sum = 0;
        for (int i = 0; i < bytes.length - 3; i++) {
            if (i % row < row - 3) {
                sum += Math.abs((bytes[i] & 0xff) - (bytes[i + 3] & 0xff));
            }
        }
        return sum / (double) bytes.length;
    }

    /** Mean absolute difference of two images after both are brought to 48 x 48. */
    static double difference(Mat one, Mat other) {
        try (Mat a = new Mat();
                Mat b = new Mat();
                Size size = new Size(48, 48)) {
            resize(one, a, size, 0, 0, INTER_AREA);
            resize(other, b, size, 0, 0, INTER_AREA);
            return norm(a, b, NORM_L1, noArray()) / (48 * 48 * 3);
        }
    }
}
