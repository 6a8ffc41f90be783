package dev.mekiki.inference.decode;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.inference.preprocess.Extent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Decodes JPEG, PNG and WebP to upright 8-bit BGR.
 *
 * <ul>
 *   <li>A JPEG is decoded at 1/2, 1/4 or 1/8 of its size, by fewer frequencies of its transform, as long as its shorter
 *       side keeps at least {@code leastSide} pixels. PNG and WebP are decoded in full.
 *   <li>EXIF orientation is applied here, once, for all three formats.
 *   <li>Greyscale becomes three equal channels, palettes are resolved, 16 bits become 8 (value / 257, rounded).
 *   <li>Transparent pixels are laid over white, as on paper: what an editor left under them is arbitrary.
 *   <li>CMYK and YCCK are read inverted, as Adobe writes them and practically every such JPEG is; no colour profile is
 *       applied.
 * </ul>
 *
 * <p>Immutable and thread-safe; work happens on the calling thread alone.
 */
public final class ImageDecoder {

    /** JavaCPP reads this spelling and the one in lower case. */
    private static final String PHYSICAL_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";

    static {
        // JavaCPP refuses to allocate once the process is four times as large as the Java heap may be. Mapped files
        // count there, so that a small heap beside a large index would fail; limits and slots bound memory here.
        if (System.getProperty(PHYSICAL_LIMIT) == null
                && System.getProperty(PHYSICAL_LIMIT.toLowerCase(Locale.ROOT)) == null) {
            System.setProperty(PHYSICAL_LIMIT, "0");
        }
        // Parallelism comes from decoding several images at once; OpenCV's own threads would only compete with it.
        opencv_core.setNumThreads(1);
    }

    private final ImageLimits limits;
    private final int leastSide;

    /**
     * @param limits checked on the header, before pixels are allocated
     * @param leastSide pixels the shorter side keeps when a JPEG is decoded at reduced scale, at least 1; twice the
     *     model's input keeps resampling clean
     */
    public ImageDecoder(ImageLimits limits, int leastSide) {
        if (leastSide < 1) {
            throw new IllegalArgumentException("leastSide: " + leastSide + " (expected: at least 1)");
        }
        this.limits = limits;
        this.leastSide = leastSide;
    }

    /**
     * Decodes one file.
     *
     * @return pixels that the caller closes
     * @throws InvalidInput naming the field {@code image.content}: not one of the formats, beyond the limits, or
     *     damaged in a way that {@link ImageHeader#read} or the decoder finds out
     */
    public DecodedImage decode(byte[] file) {
        limits.checkBytes(file.length);
        ImageHeader header = ImageHeader.read(file);
        limits.checkSize(header);
        int reduction = header.format() == ImageFormat.JPEG ? reduction(header) : 1;
        Mat pixels = decode(file, header, flags(header, reduction));
        try {
            if (header.alpha()) {
                Mat opaque = overWhite(pixels);
                pixels.close();
                pixels = opaque;
            }
            Extent extent = new Extent(
                    0,
                    0,
                    Math.min(pixels.cols(), (double) header.width() / reduction),
                    Math.min(pixels.rows(), (double) header.height() / reduction));
            return upright(pixels, extent, header.orientation());
        } catch (RuntimeException e) {
            pixels.close();
            throw e;
        }
    }

    private int reduction(ImageHeader header) {
        int shorter = Math.min(header.width(), header.height());
        for (int r = 8; r > 1; r /= 2) {
            if (shorter / r >= leastSide) {
                return r;
            }
        }
        return 1;
    }

    private static int flags(ImageHeader header, int reduction) {
        if (header.alpha()) {
            return opencv_imgcodecs.IMREAD_UNCHANGED;
        }
        int colour = switch (reduction) {
            case 2 -> opencv_imgcodecs.IMREAD_REDUCED_COLOR_2;
            case 4 -> opencv_imgcodecs.IMREAD_REDUCED_COLOR_4;
            case 8 -> opencv_imgcodecs.IMREAD_REDUCED_COLOR_8;
            default -> opencv_imgcodecs.IMREAD_COLOR;
        };
        return colour | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
    }

    private static Mat decode(byte[] file, ImageHeader header, int flags) {
        try (BytePointer bytes = new BytePointer(file);
                Mat encoded = new Mat(1, file.length, opencv_core.CV_8UC1, bytes)) {
            Mat pixels = opencv_imgcodecs.imdecode(encoded, flags);
            if (pixels.empty()) {
                pixels.close();
                throw undecodable(header);
            }
            return pixels;
        } catch (InvalidInput e) {
            throw e;
        } catch (RuntimeException e) {
            // OpenCV throws what its codecs refuse; its text speaks of source lines, not of the caller's file.
            throw undecodable(header);
        }
    }

    private static InvalidInput undecodable(ImageHeader header) {
        return ImageHeader.corrupt(
                header.format(),
                "compressed data that cannot be decoded, " + header.width() + "x" + header.height() + " pixels",
                "a whole " + header.format() + " file, as it was written");
    }

    /** Turns pixels of 1, 3 or 4 channels, 8 or 16 bits each, into 8-bit BGR; the fourth channel is opacity. */
    private static Mat overWhite(Mat pixels) {
        int channels = pixels.channels();
        int bytes = pixels.depth() == opencv_core.CV_16U ? 2 : 1;
        if ((channels != 1 && channels != 3 && channels != 4) || (bytes == 1 && pixels.depth() != opencv_core.CV_8U)) {
            throw new IllegalStateException("decoded pixels of type " + pixels.type());
        }
        Mat bgr = new Mat(pixels.rows(), pixels.cols(), opencv_core.CV_8UC3);
        for (int y = 0; y < pixels.rows(); y++) {
            MemorySegment from = row(pixels, y, pixels.cols() * channels * bytes);
            MemorySegment to = row(bgr, y, pixels.cols() * 3);
            for (int x = 0; x < pixels.cols(); x++) {
                int alpha = channels == 4 ? sample(from, bytes, x * 4 + 3) : 255;
                for (int c = 0; c < 3; c++) {
                    int value = sample(from, bytes, x * channels + (channels == 1 ? 0 : c));
                    int mixed = (value * alpha + 255 * (255 - alpha) + 127) / 255;
                    to.set(ValueLayout.JAVA_BYTE, 3L * x + c, (byte) mixed);
                }
            }
        }
        return bgr;
    }

    private static MemorySegment row(Mat pixels, int y, int bytes) {
        return MemorySegment.ofAddress(pixels.data().address() + pixels.step() * y)
                .reinterpret(bytes);
    }

    private static int sample(MemorySegment row, int bytes, int index) {
        return bytes == 1
                ? row.get(ValueLayout.JAVA_BYTE, index) & 0xFF
                : ((row.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * index) & 0xFFFF) + 128) / 257;
    }

    private static DecodedImage upright(Mat pixels, Extent extent, Orientation orientation) {
        if (orientation == Orientation.NORMAL) {
            return new DecodedImage(pixels, extent);
        }
        Mat turned = new Mat();
        double left = extent.left();
        double top = extent.top();
        double right = extent.right();
        double bottom = extent.bottom();
        if (orientation.transposed()) {
            opencv_core.transpose(pixels, turned);
            left = extent.top();
            top = extent.left();
            right = extent.bottom();
            bottom = extent.right();
        } else {
            pixels.copyTo(turned);
        }
        pixels.close();
        if (orientation.mirrored()) {
            opencv_core.flip(turned, turned, 1);
            double oldLeft = left;
            left = turned.cols() - right;
            right = turned.cols() - oldLeft;
        }
        if (orientation.upsideDown()) {
            opencv_core.flip(turned, turned, 0);
            double oldTop = top;
            top = turned.rows() - bottom;
            bottom = turned.rows() - oldTop;
        }
        return new DecodedImage(turned, new Extent(left, top, right, bottom));
    }
}
