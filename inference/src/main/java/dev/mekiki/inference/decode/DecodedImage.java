package dev.mekiki.inference.decode;

import dev.mekiki.inference.preprocess.Extent;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Upright pixels in native memory. Whoever holds it closes it; the memory then holds the next image's pixels, so nobody
 * may look at it any more. Not thread-safe.
 */
public final class DecodedImage implements AutoCloseable {

    private final PixelBlock pixels;
    private final Extent extent;

    DecodedImage(PixelBlock pixels, Extent extent) {
        this.pixels = pixels;
        this.extent = extent;
    }

    /** CV_8UC3. */
    public Mat bgr() {
        return pixels.mat();
    }

    /**
     * The part of {@link #bgr} that the picture covers; less than all of it where a reduced scale did not divide the
     * picture's size.
     */
    public Extent extent() {
        return extent;
    }

    /** More than once does no harm. */
    @Override
    public void close() {
        pixels.close();
    }
}
