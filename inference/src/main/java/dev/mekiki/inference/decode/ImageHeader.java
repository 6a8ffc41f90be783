package dev.mekiki.inference.decode;

import dev.mekiki.core.failure.InvalidInput;
import java.util.HexFormat;

/**
 * What an image file says of itself, read without decoding it.
 *
 * @param format recognised by the file's first bytes, never by a name or a media type
 * @param width columns as stored, before {@code orientation} is applied
 * @param height rows as stored, before {@code orientation} is applied
 * @param orientation from EXIF; {@link Orientation#NORMAL} if there is none
 * @param alpha whether pixels may be transparent
 */
public record ImageHeader(ImageFormat format, int width, int height, Orientation orientation, boolean alpha) {

    static final String FIELD = "image.content";

    private static final int SHOWN_BYTES = 12;

    /**
     * Reads the header and walks the file's structure to its end, without decoding.
     *
     * <p>Found out: for JPEG, a missing end-of-image marker (every file that was cut off), stray markers inside the
     * compressed data (random bytes of 1 kB are found with probability .98), restart markers out of order or missing,
     * segments that overrun the file, a second frame, coding processes other than baseline, extended and progressive
     * Huffman with 8 bits. For PNG, every changed or missing byte up to the end (the chunks' CRCs). For WebP, a file shorter than its
     * RIFF header says, sizes in its headers that disagree.
     *
     * <p>Not found out: bytes changed inside a JPEG's or WebP's compressed data that happen to look like compressed
     * data; the decoder then draws wrong pixels from there on. Bytes after the end of the image are ignored.
     *
     * @throws InvalidInput naming the field {@code image.content}, what was found and what was expected
     */
    public static ImageHeader read(byte[] file) {
        if (file.length == 0) {
            throw new InvalidInput(FIELD, "empty", "the bytes of a JPEG, PNG or WebP file");
        }
        Bytes bytes = new Bytes(file);
        if (bytes.startsWith(0, 0xFF, 0xD8, 0xFF)) {
            return JpegStructure.read(bytes);
        }
        if (bytes.startsWith(0, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
            return PngStructure.read(bytes);
        }
        if (bytes.startsWith(0, 'R', 'I', 'F', 'F') && bytes.startsWith(8, 'W', 'E', 'B', 'P')) {
            return WebpStructure.read(bytes);
        }
        String start = HexFormat.ofDelimiter(" ").formatHex(file, 0, Math.min(SHOWN_BYTES, file.length));
        throw new InvalidInput(FIELD, file.length + " bytes that begin with " + start, "a JPEG, PNG or WebP file");
    }

    /** Columns times rows. */
    public long pixels() {
        return (long) width * height;
    }

    static InvalidInput corrupt(ImageFormat format, String found, String expected) {
        return new InvalidInput(FIELD, "corrupt " + format + ": " + found, expected);
    }
}
