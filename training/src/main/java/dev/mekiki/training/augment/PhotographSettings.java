package dev.mekiki.training.augment;

/**
 * What a network sees of an image. Each view has a strength of its own, up to the strongest of its step.
 *
 * @param kind how views are made
 * @param firstStrength strongest at the start, 0..1
 * @param fullStrength strongest in the end, not less, 0..1; of a phone, 1 is what it takes at its worst
 * @param fullStrengthAt share of the images, of the localiser's and then of the embedder's, after which the strongest is
 *     {@code fullStrength}, 0..1
 */
public record PhotographSettings(Kind kind, double firstStrength, double fullStrength, double fullStrengthAt) {
    /** How views are made. */
    public enum Kind {
        /** As a phone takes documents and cards, {@link Augmenter}. */
        PHONE,
        /** Cut out, mirrored, in other colours, {@link CropAugmenter}: natural pictures, and small ones. */
        CROPS
    }

    public PhotographSettings {
        require("firstStrength", firstStrength);
        require("fullStrength", fullStrength);
        if (fullStrength < firstStrength) {
            throw new IllegalArgumentException(
                    "fullStrength: " + fullStrength + " (expected: at least firstStrength, " + firstStrength + ")");
        }
        require("fullStrengthAt", fullStrengthAt);
    }

    private static void require(String field, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: 0..1)");
        }
    }
}
