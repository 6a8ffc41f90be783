package dev.mekiki.inference.decode;

/**
 * How stored pixels are turned to be upright: the eight values of the EXIF tag {@code Orientation} (0x0112), in the
 * order of the standard, so that {@code NORMAL} is 1. Each is a transposition or none, followed by flips.
 */
public enum Orientation {
    NORMAL(false, false, false),
    FLIPPED_HORIZONTALLY(false, true, false),
    TURNED_180(false, true, true),
    FLIPPED_VERTICALLY(false, false, true),
    TRANSPOSED(true, false, false),
    /** Must be turned clockwise to be upright: a telephone held upright. */
    TURNED_90(true, true, false),
    TRANSVERSED(true, true, true),
    /** Must be turned anticlockwise to be upright. */
    TURNED_270(true, false, true);

    private static final Orientation[] ALL = values();

    private final boolean transposed;
    private final boolean mirrored;
    private final boolean upsideDown;

    Orientation(boolean transposed, boolean mirrored, boolean upsideDown) {
        this.transposed = transposed;
        this.mirrored = mirrored;
        this.upsideDown = upsideDown;
    }

    /** The orientation of a tag's value; {@link #NORMAL} for values outside 1..8, as viewers do. */
    static Orientation ofTag(int value) {
        return value >= 1 && value <= 8 ? ALL[value - 1] : NORMAL;
    }

    /** Whether rows become columns, before any flip. */
    boolean transposed() {
        return transposed;
    }

    /** Whether left and right change places, after the transposition. */
    boolean mirrored() {
        return mirrored;
    }

    /** Whether top and bottom change places, after the transposition. */
    boolean upsideDown() {
        return upsideDown;
    }
}
