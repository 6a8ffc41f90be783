package dev.mekiki.training.corpus;

/**
 * One of the eight ways to lay a rectangle on itself: quarter turns, then perhaps mirrored. Each makes a document that
 * looks like another one, so each is a class of its own (Source: DocClassifier, METHODS §1).
 *
 * @param quarters quarter turns clockwise, 0..3
 * @param mirrored left and right exchanged before turning
 */
public record Turn(int quarters, boolean mirrored) {
    /** As it is. */
    public static final Turn NONE = new Turn(0, false);

    public Turn {
        if (quarters < 0 || quarters > 3) {
            throw new IllegalArgumentException("quarters: " + quarters + " (expected: 0..3)");
        }
    }

    /** Whether width and height change places. */
    public boolean swapsSides() {
        return quarters % 2 == 1;
    }

    /**
     * Which corner of the image lies at each corner of the turned image. Corners are counted clockwise from the top
     * left.
     */
    public int[] corners() {
        int[] corners = new int[4];
        for (int i = 0; i < 4; i++) {
            int c = Math.floorMod(i - quarters, 4);
            corners[i] = mirrored ? c ^ 1 : c;
        }
        return corners;
    }
}
