package dev.mekiki.inference.decode;

import dev.mekiki.core.failure.InvalidInput;

/**
 * The largest image that is decoded. A PNG or WebP of p pixels takes up to 4 × p bytes while it is decoded (8 × p with
 * 16 bits and transparency), a JPEG far less unless it is progressive.
 *
 * @param maxBytes of the file, at least 1
 * @param maxPixels columns times rows, at least 1
 * @param maxSide columns or rows, 1..65535
 */
public record ImageLimits(int maxBytes, long maxPixels, int maxSide) {

    /** 20 MiB, 64 megapixels, 16,384 pixels a side. */
    public static final ImageLimits DEFAULT = new ImageLimits(20 << 20, 64_000_000, 16_384);

    public ImageLimits {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: at least 1)");
        }
        if (maxPixels < 1) {
            throw new IllegalArgumentException("maxPixels: " + maxPixels + " (expected: at least 1)");
        }
        if (maxSide < 1 || maxSide > 65_535) {
            throw new IllegalArgumentException("maxSide: " + maxSide + " (expected: 1..65535)");
        }
    }

    /**
     * Refuses a file of too many bytes.
     *
     * @throws InvalidInput naming both numbers
     */
    public void checkBytes(int bytes) {
        if (bytes > maxBytes) {
            throw new InvalidInput(ImageHeader.FIELD, bytes + " bytes", "at most " + maxBytes + " bytes");
        }
    }

    void checkSize(ImageHeader header) {
        if (header.pixels() > maxPixels || header.width() > maxSide || header.height() > maxSide) {
            throw new InvalidInput(
                    ImageHeader.FIELD,
                    header.format() + " of " + header.width() + "x" + header.height() + " pixels",
                    "at most " + maxPixels + " pixels and " + maxSide + " a side");
        }
    }
}
