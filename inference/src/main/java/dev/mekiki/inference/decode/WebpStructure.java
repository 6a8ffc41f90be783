package dev.mekiki.inference.decode;

import static dev.mekiki.inference.decode.ImageFormat.WEBP;
import static dev.mekiki.inference.decode.ImageHeader.corrupt;

/** Walks a WebP's RIFF chunks (RFC 9649, sections 2.3 to 2.7). */
final class WebpStructure {

    private static final int VP8 = 0x56503820;
    private static final int VP8L = 0x5650384C;
    private static final int VP8X = 0x56503858;
    private static final int ALPH = 0x414C5048;
    private static final int EXIF = 0x45584946;

    private static final int FLAG_ANIMATION = 0x02;

    private static final String WHOLE = "a whole WebP file, as it was written";

    private WebpStructure() {}

    static ImageHeader read(Bytes file) {
        long end = file.u32le(4) + 8;
        if (end > file.length()) {
            throw corrupt(WEBP, "cut off, " + file.length() + " of " + end + " bytes", WHOLE);
        }
        int canvasWidth = 0;
        int canvasHeight = 0;
        int width = 0;
        int height = 0;
        boolean alpha = false;
        Orientation orientation = Orientation.NORMAL;
        int at = 12;
        while (at + 8 <= end) {
            int type = (int) file.u32(at);
            long length = file.u32le(at + 4);
            int data = at + 8;
            if (data + length > end) {
                throw corrupt(WEBP, "a chunk at byte " + at + " that overruns the file", WHOLE);
            }
            switch (type) {
                case VP8X -> {
                    if ((file.u8(data) & FLAG_ANIMATION) != 0) {
                        throw corrupt(WEBP, "an animation", "a still image");
                    }
                    canvasWidth = file.u24le(data + 4) + 1;
                    canvasHeight = file.u24le(data + 7) + 1;
                }
                case ALPH -> alpha = true;
                case VP8 -> {
                    requireFirst(width);
                    if (!file.startsWith(data + 3, 0x9D, 0x01, 0x2A) || (file.u8(data) & 1) != 0) {
                        throw corrupt(WEBP, "no key frame", WHOLE);
                    }
                    width = file.u16le(data + 6) & 0x3FFF;
                    height = file.u16le(data + 8) & 0x3FFF;
                }
                case VP8L -> {
                    requireFirst(width);
                    if (file.u8(data) != 0x2F) {
                        throw corrupt(WEBP, "no lossless signature", WHOLE);
                    }
                    long bits = file.u32le(data + 1);
                    width = (int) (bits & 0x3FFF) + 1;
                    height = (int) (bits >> 14 & 0x3FFF) + 1;
                    alpha |= (bits >> 28 & 1) != 0;
                }
                case EXIF -> {
                    int tiff = file.startsWith(data, 'E', 'x', 'i', 'f', 0, 0) ? data + 6 : data;
                    orientation = ExifOrientation.read(file, tiff, data + (int) length);
                }
                default -> {}
            }
            at = (int) Math.min(data + length + (length & 1), Integer.MAX_VALUE);
        }
        if (width == 0 || height == 0) {
            throw corrupt(WEBP, width + "x" + height + " pixels", "at least 1x1");
        }
        if (canvasWidth != 0 && (canvasWidth != width || canvasHeight != height)) {
            throw corrupt(
                    WEBP,
                    "a frame of " + width + "x" + height + " on a canvas of " + canvasWidth + "x" + canvasHeight,
                    "the same size");
        }
        return new ImageHeader(WEBP, width, height, orientation, alpha);
    }

    private static void requireFirst(int width) {
        if (width != 0) {
            throw corrupt(WEBP, "a second frame", "one frame");
        }
    }
}
