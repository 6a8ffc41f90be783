package dev.mekiki.inference.preprocess;

/**
 * The part of a pixel grid that the picture covers, in pixels from the top left corner; a pixel is the unit square.
 *
 * <p>A JPEG decoded at a reduced scale has its sides rounded up to whole pixels, of which the last ones lie partly
 * beyond the picture's edge; after turning the picture they may be the first ones. Resampling the grid as if it were
 * the picture would shift everything by up to a pixel.
 */
public record Extent(double left, double top, double right, double bottom) {

    public Extent {
        if (!(left >= 0 && top >= 0 && left < right && top < bottom)) {
            throw new IllegalArgumentException("extent: " + left + ", " + top + ", " + right + ", " + bottom
                    + " (expected: 0 <= left < right, 0 <= top < bottom)");
        }
    }

    public double width() {
        return right - left;
    }

    public double height() {
        return bottom - top;
    }
}
