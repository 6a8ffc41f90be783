package dev.mekiki.training.evaluation;

import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import dev.mekiki.report.HtmlPage;
import dev.mekiki.samples.Photographer;
import java.io.IOException;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** Small pictures for pages. */
public final class Thumbnail {
    private static final int LONGEST_SIDE = 160;
    private static final int QUALITY = 80;

    private Thumbnail() {}

    /**
     * A picture of an image file.
     *
     * @throws IOException if it is no image
     */
    public static HtmlPage.Picture of(byte[] image, String caption) throws IOException {
        try (BytePointer bytes = new BytePointer(image);
                Mat file = new Mat(1, image.length, opencv_core.CV_8UC1, bytes);
                Mat full = opencv_imgcodecs.imdecode(file, opencv_imgcodecs.IMREAD_COLOR);
                Mat small = new Mat()) {
            if (full.empty()) {
                throw new IOException(caption + ": not an image (expected: JPEG, PNG or WebP)");
            }
            double scale = Math.min(1, (double) LONGEST_SIDE / Math.max(full.cols(), full.rows()));
            try (Size size = new Size(Math.max(1, (int) Math.round(full.cols() * scale)), Math.max(1, (int)
                    Math.round(full.rows() * scale)))) {
                resize(full, small, size, 0, 0, INTER_AREA);
            }
            return new HtmlPage.Picture(Photographer.encodeJpeg(small, QUALITY), caption);
        }
    }
}
