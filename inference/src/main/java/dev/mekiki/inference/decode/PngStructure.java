package dev.mekiki.inference.decode;

import static dev.mekiki.inference.decode.ImageFormat.PNG;
import static dev.mekiki.inference.decode.ImageHeader.corrupt;

import java.util.zip.CRC32;

/** Walks a PNG's chunks from start to end (ISO/IEC 15948, section 5), checking each one's CRC. */
final class PngStructure {

    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454E44;
    private static final int TRNS = 0x74524E53;
    private static final int EXIF = 0x65584966;
    private static final int ACTL = 0x6163544C;

    private static final String WHOLE = "a whole PNG file, as it was written";

    private PngStructure() {}

    static ImageHeader read(Bytes file) {
        int at = 8;
        if (file.u32(at + 4) != IHDR || file.u32(at) != 13 || at + 25 > file.length()) {
            throw corrupt(PNG, "no header chunk at the start", WHOLE);
        }
        long width = file.u32(at + 8);
        long height = file.u32(at + 12);
        if (width < 1 || height < 1 || width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
            throw corrupt(PNG, width + "x" + height + " pixels", "at least 1x1");
        }
        int colourType = file.u8(at + 17);
        boolean alpha = (colourType & 4) != 0;
        boolean pixels = false;
        Orientation orientation = Orientation.NORMAL;
        CRC32 crc = new CRC32();
        while (true) {
            long length = file.u32(at);
            if (length < 0 || at + 12 + length > file.length()) {
                throw corrupt(
                        PNG,
                        "cut off, " + file.length() + " bytes of " + width + "x" + height + " pixels",
                        "a whole PNG file, ending in an IEND chunk");
            }
            int type = (int) file.u32(at + 4);
            int data = at + 8;
            int end = data + (int) length;
            crc.reset();
            crc.update(file.array(), at + 4, (int) length + 4);
            if (crc.getValue() != file.u32(end)) {
                throw corrupt(PNG, "wrong checksum of the chunk at byte " + at, WHOLE);
            }
            switch (type) {
                case TRNS -> alpha = true;
                case EXIF -> orientation = ExifOrientation.read(file, data, end);
                case ACTL -> throw corrupt(PNG, "an animation", "a still image");
                case IDAT -> pixels = true;
                case IEND -> {
                    if (!pixels) {
                        throw corrupt(PNG, "no pixels before the end", WHOLE);
                    }
                    return new ImageHeader(PNG, (int) width, (int) height, orientation, alpha);
                }
                default -> {}
            }
            at = end + 4;
        }
    }
}
