package dev.mekiki.inference.decode;

import dev.mekiki.inference.preprocess.Extent;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Upright pixels in native memory. Whoever holds it closes it; not thread-safe.
 *
 * @param bgr CV_8UC3
 * @param extent the part of {@code bgr} that the picture covers; less than all of it where a reduced scale did not
 *     divide the picture's size
 */
public record DecodedImage(Mat bgr, Extent extent) implements AutoCloseable {

    @Override
    public void close() {
        bgr.close();
    }
}
