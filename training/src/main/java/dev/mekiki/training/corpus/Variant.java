package dev.mekiki.training.corpus;

import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;

/**
 * One of the 24 ways to make a class of an image: turned by quarters clockwise, then perhaps mirrored upside down, then
 * whole or a half of the result (Source: DocClassifier, METHODS §1 [S]; the order of the numbers is ours).
 *
 * @param quarters quarter turns clockwise, 0..3
 * @param flipped top and bottom exchanged after turning
 * @param part of what results
 */
public record Variant(int quarters, boolean flipped, Part part) {

    /** How many there are. */
    public static final int COUNT = 24;

    /** What is kept. */
    public enum Part {
        FULL,
        TOP_HALF,
        BOTTOM_HALF
    }

    /**
     * The variant of a number: {@code 6 · quarters + 3 · flipped + part}. Image ℓ has the labels {@code 24ℓ … 24ℓ+23}.
     *
     * @param number 0..23
     */
    public static Variant of(int number) {
        if (number < 0 || number >= COUNT) {
            throw new IllegalArgumentException("variant: " + number + " (expected: 0..23)");
        }
        return new Variant(number / 6, number / 3 % 2 == 1, Part.values()[number % 3]);
    }

    /** The class of an image; shares the image's pixels. */
    TrainingCorpus.DocumentClass of(Mat image) {
        // Upside down after q quarter turns is mirrored left to right first, then turned by 2 − q.
        Turn turn = flipped ? new Turn(Math.floorMod(2 - quarters, 4), true) : new Turn(quarters, false);
        int[] corners = turn.corners();
        int side = switch (part) {
            case FULL -> -1;
            case TOP_HALF -> side(corners[0], corners[1]);
            case BOTTOM_HALF -> side(corners[2], corners[3]);
        };
        return new TrainingCorpus.DocumentClass(side < 0 ? image : half(image, side), turn);
    }

    /** Which side of the image two of its corners, counted clockwise from the top left, lie on: 0 is the top. */
    private static int side(int one, int other) {
        int low = Math.min(one, other);
        return low == 0 && Math.max(one, other) == 3 ? 3 : low;
    }

    private static Mat half(Mat image, int side) {
        int width = image.cols();
        int height = image.rows();
        int halfWidth = Math.max(1, width / 2);
        int halfHeight = Math.max(1, height / 2);
        return image.apply(
                switch (side) {
                    case 0 -> new Rect(0, 0, width, halfHeight);
                    case 1 -> new Rect(width - halfWidth, 0, halfWidth, height);
                    case 2 -> new Rect(0, height - halfHeight, width, halfHeight);
                    default -> new Rect(0, 0, halfWidth, height);
                });
    }
}
