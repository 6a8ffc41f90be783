package dev.mekiki.inference.decode;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Image files of every kind, encoded by OpenCV or put together byte by byte where it has no encoder. */
public final class Files {

    private Files() {}

    /** Encodes a Mat; {@code parameters} are pairs of OpenCV's {@code IMWRITE_*} and values. */
    public static byte[] encode(String extension, Mat mat, int... parameters) {
        try (BytePointer bytes = new BytePointer();
                IntPointer list = parameters.length == 0 ? new IntPointer() : new IntPointer(parameters)) {
            if (!opencv_imgcodecs.imencode(extension, mat, bytes, list)) {
                throw new IllegalStateException("cannot encode " + extension);
            }
            byte[] file = new byte[(int) bytes.limit()];
            bytes.get(file);
            return file;
        }
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] u32(long value) {
        return bytes((int) (value >> 24), (int) (value >> 16), (int) (value >> 8), (int) value);
    }

    private static byte[] u32le(long value) {
        return bytes((int) value, (int) (value >> 8), (int) (value >> 16), (int) (value >> 24));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A TIFF block with one directory of two entries, the second one the orientation. */
    static byte[] exif(int orientation, ByteOrder order) {
        ByteBuffer tiff = ByteBuffer.allocate(8 + 2 + 24 + 4).order(order);
        tiff.put(ascii(order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM"));
        tiff.putShort((short) 42).putInt(8).putShort((short) 2);
        tiff.putShort((short) 0x0100).putShort((short) 4).putInt(1).putInt(640);
        tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1);
        tiff.putShort((short) orientation).putShort((short) 0);
        tiff.putInt(0);
        return tiff.array();
    }

    static byte[] jpegSegment(int marker, byte[] content) {
        int length = content.length + 2;
        return concat(bytes(0xFF, marker, length >> 8, length), content);
    }

    static byte[] withSegmentAfterStart(byte[] jpeg, byte[] segment) {
        return concat(Arrays.copyOf(jpeg, 2), segment, Arrays.copyOfRange(jpeg, 2, jpeg.length));
    }

    static byte[] jpegWithExif(byte[] jpeg, byte[] tiff) {
        return withSegmentAfterStart(jpeg, jpegSegment(0xE1, concat(ascii("Exif"), new byte[2], tiff)));
    }

    static byte[] pngChunk(String type, byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(ascii(type));
        crc.update(data);
        return concat(u32(data.length), ascii(type), data, u32(crc.getValue()));
    }

    static final byte[] PNG_SIGNATURE = bytes(0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A);

    static byte[] pngHeader(int width, int height, int bits, int colourType) {
        return pngChunk("IHDR", concat(u32(width), u32(height), bytes(bits, colourType, 0, 0, 0)));
    }

    /** A PNG from raw rows; {@code extra} are whole chunks between header and pixels. */
    static byte[] png(int width, int height, int bits, int colourType, byte[][] rows, byte[]... extra) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        for (byte[] row : rows) {
            raw.write(0);
            raw.writeBytes(row);
        }
        Deflater deflater = new Deflater();
        deflater.setInput(raw.toByteArray());
        deflater.finish();
        byte[] compressed = new byte[raw.size() + 1000];
        int length = deflater.deflate(compressed);
        deflater.end();
        return concat(
                PNG_SIGNATURE,
                pngHeader(width, height, bits, colourType),
                concat(extra),
                pngChunk("IDAT", Arrays.copyOf(compressed, length)),
                pngChunk("IEND", new byte[0]));
    }

    static byte[] pngWithExif(byte[] png, byte[] tiff) {
        int afterHeader = 8 + 25;
        return concat(
                Arrays.copyOf(png, afterHeader),
                pngChunk("eXIf", tiff),
                Arrays.copyOfRange(png, afterHeader, png.length));
    }

    static byte[] riffChunk(String type, byte[] data) {
        return concat(ascii(type), u32le(data.length), data, new byte[data.length & 1]);
    }

    static byte[] riff(byte[]... chunks) {
        byte[] all = concat(chunks);
        return concat(ascii("RIFF"), u32le(all.length + 4), ascii("WEBP"), all);
    }

    /** Puts the bitstream of a simple WebP into an extended one with EXIF. */
    static byte[] webpWithExif(byte[] webp, int width, int height, byte[] tiff) {
        byte[] canvas = bytes(
                8,
                0,
                0,
                0,
                width - 1,
                (width - 1) >> 8,
                (width - 1) >> 16,
                height - 1,
                (height - 1) >> 8,
                (height - 1) >> 16);
        return riff(riffChunk("VP8X", canvas), Arrays.copyOfRange(webp, 12, webp.length), riffChunk("EXIF", tiff));
    }

    /**
     * A CMYK JPEG from four greyscale ones of the same size and quality: they have the same tables, so that a frame of
     * four components whose scans are those of the greys is a valid baseline file.
     */
    static byte[] cmykJpeg(byte[] cyan, byte[] magenta, byte[] yellow, byte[] black) {
        int frame = indexOfSegment(cyan, 0xC0);
        int scan = indexOfSegment(cyan, 0xDA);
        byte[] sizes = Arrays.copyOfRange(cyan, frame + 4, frame + 9);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(bytes(0xFF, 0xD8));
        out.writeBytes(jpegSegment(0xEE, concat(ascii("Adobe"), bytes(0, 100, 0, 0, 0, 0, 0))));
        // The tables, without the JFIF header that would promise YCbCr.
        for (int marker : new int[] {0xDB, 0xC4}) {
            for (int at = 2; at < scan; at = end(cyan, at)) {
                if ((cyan[at + 1] & 0xFF) == marker) {
                    out.write(cyan, at, end(cyan, at) - at);
                }
            }
        }
        out.writeBytes(
                jpegSegment(0xC0, concat(sizes, bytes(4, 'C', 0x11, 0, 'M', 0x11, 0, 'Y', 0x11, 0, 'K', 0x11, 0))));
        byte[][] planes = {cyan, magenta, yellow, black};
        for (int c = 0; c < 4; c++) {
            out.writeBytes(jpegSegment(0xDA, bytes(1, "CMYK".charAt(c), 0, 0, 63, 0)));
            int data = end(planes[c], indexOfSegment(planes[c], 0xDA));
            out.write(planes[c], data, planes[c].length - 2 - data);
        }
        out.writeBytes(bytes(0xFF, 0xD9));
        return out.toByteArray();
    }

    private static int end(byte[] jpeg, int segment) {
        return segment + 2 + ((jpeg[segment + 2] & 0xFF) << 8 | (jpeg[segment + 3] & 0xFF));
    }

    static int indexOfSegment(byte[] jpeg, int marker) {
        int at = 2;
        while ((jpeg[at + 1] & 0xFF) != marker) {
            at = end(jpeg, at);
        }
        return at;
    }
}
