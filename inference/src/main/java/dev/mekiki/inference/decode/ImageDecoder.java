package dev.mekiki.inference.decode;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.inference.preprocess.Extent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
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
 * <p>Thread-safe; work happens on the calling thread alone. Native memory is kept for the next image: at most three
 * blocks of 16 MiB for each image that was being decoded at once.
 */
public final class ImageDecoder {

    /** JavaCPP reads these spellings and those in lower case. */
    private static final List<String> NATIVE_LIMITS =
            List.of("org.bytedeco.javacpp.maxPhysicalBytes", "org.bytedeco.javacpp.maxBytes");

    static {
        // JavaCPP refuses to allocate once it holds as much as the Java heap may hold, or the process is four times as
        // large. Mapped files count there, so that a small heap beside a large index would fail, and a few large images
        // beside a small heap; limits and slots bound memory here.
        for (String limit : NATIVE_LIMITS) {
            if (System.getProperty(limit) == null && System.getProperty(limit.toLowerCase(Locale.ROOT)) == null) {
                System.setProperty(limit, "0");
            }
        }
        // Parallelism comes from decoding several images at once; OpenCV's own threads would only compete with it.
        opencv_core.setNumThreads(1);
    }

    private final ImageLimits limits;
    private final int leastSide;
    private final NativeBlocks files = new NativeBlocks();
    private final NativeBlocks pixels = new NativeBlocks();

    /**
     * @param limits checked on the header, before pixels are allocated
     * @param leastSide pixels the shorter side keeps when a JPEG is decoded at reduced scale, at least 1
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
        PixelBlock decoded = header.alpha() ? decodeOverWhite(file, header) : decode(file, header, reduction);
        try {
            Mat bgr = decoded.mat();
            Extent extent = new Extent(
                    0,
                    0,
                    Math.min(bgr.cols(), (double) header.width() / reduction),
                    Math.min(bgr.rows(), (double) header.height() / reduction));
            return upright(decoded, extent, header.orientation());
        } catch (RuntimeException e) {
            decoded.close();
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

    private PixelBlock decode(byte[] file, ImageHeader header, int reduction) {
        int colour = switch (reduction) {
            case 2 -> opencv_imgcodecs.IMREAD_REDUCED_COLOR_2;
            case 4 -> opencv_imgcodecs.IMREAD_REDUCED_COLOR_4;
            case 8 -> opencv_imgcodecs.IMREAD_REDUCED_COLOR_8;
            default -> opencv_imgcodecs.IMREAD_COLOR;
        };
        // The size that libjpeg gives. Were it another one, OpenCV would take memory of its own, which is slower only.
        PixelBlock into = new PixelBlock(
                pixels, Math.ceilDiv(header.height(), reduction), Math.ceilDiv(header.width(), reduction));
        try {
            decode(file, header, colour | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION, into.mat());
            return into;
        } catch (RuntimeException e) {
            into.close();
            throw e;
        }
    }

    /** What the file says of transparency decides on the type of the pixels, so that OpenCV takes memory for them. */
    private PixelBlock decodeOverWhite(byte[] file, ImageHeader header) {
        try (Mat transparent = new Mat()) {
            decode(file, header, opencv_imgcodecs.IMREAD_UNCHANGED, transparent);
            return overWhite(transparent);
        }
    }

    private void decode(byte[] file, ImageHeader header, int flags, Mat into) {
        BytePointer bytes = files.take(file.length);
        try (Mat encoded = new Mat(1, file.length, opencv_core.CV_8UC1, bytes.put(file, 0, file.length));
                Mat decoded = opencv_imgcodecs.imdecode(encoded, flags, into)) {
            if (decoded.empty()) {
                throw undecodable(header);
            }
        } catch (InvalidInput e) {
            throw e;
        } catch (RuntimeException e) {
            // OpenCV throws what its codecs refuse; its text speaks of source lines, not of the caller's file.
            throw undecodable(header);
        } finally {
            files.giveBack(bytes);
        }
    }

    private static InvalidInput undecodable(ImageHeader header) {
        return ImageHeader.corrupt(
                header.format(),
                "compressed data that cannot be decoded, " + header.width() + "x" + header.height() + " pixels",
                "a whole " + header.format() + " file, as it was written");
    }

    /** Turns pixels of 1, 3 or 4 channels, 8 or 16 bits each, into 8-bit BGR; the fourth channel is opacity. */
    private PixelBlock overWhite(Mat transparent) {
        int channels = transparent.channels();
        int bytes = transparent.depth() == opencv_core.CV_16U ? 2 : 1;
        if ((channels != 1 && channels != 3 && channels != 4)
                || (bytes == 1 && transparent.depth() != opencv_core.CV_8U)) {
            throw new IllegalStateException("decoded pixels of type " + transparent.type());
        }
        PixelBlock bgr = new PixelBlock(pixels, transparent.rows(), transparent.cols());
        for (int y = 0; y < transparent.rows(); y++) {
            MemorySegment from = row(transparent, y, transparent.cols() * channels * bytes);
            MemorySegment to = row(bgr.mat(), y, transparent.cols() * 3);
            for (int x = 0; x < transparent.cols(); x++) {
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

    private DecodedImage upright(PixelBlock stored, Extent extent, Orientation orientation) {
        PixelBlock turned = stored;
        double left = extent.left();
        double top = extent.top();
        double right = extent.right();
        double bottom = extent.bottom();
        if (orientation.transposed()) {
            turned = transposed(stored);
            left = extent.top();
            top = extent.left();
            right = extent.bottom();
            bottom = extent.right();
        }
        Mat bgr = turned.mat();
        if (orientation.mirrored()) {
            opencv_core.flip(bgr, bgr, 1);
            double oldLeft = left;
            left = bgr.cols() - right;
            right = bgr.cols() - oldLeft;
        }
        if (orientation.upsideDown()) {
            opencv_core.flip(bgr, bgr, 0);
            double oldTop = top;
            top = bgr.rows() - bottom;
            bottom = bgr.rows() - oldTop;
        }
        return new DecodedImage(turned, new Extent(left, top, right, bottom));
    }

    private PixelBlock transposed(PixelBlock stored) {
        PixelBlock turned =
                new PixelBlock(pixels, stored.mat().cols(), stored.mat().rows());
        opencv_core.transpose(stored.mat(), turned.mat());
        stored.close();
        return turned;
    }
}
