package dev.mekiki.training.augment;

/**
 * How bad the photographs are. Each has a strength of its own, up to the strongest of its step.
 *
 * @param firstStrength strongest at the start, 0..1
 * @param fullStrength strongest in the end, not less, 0..1; 1 is what a phone takes at its worst, too much for small pictures
 * @param fullStrengthAt share of the images, of the localiser's and then of the embedder's, after which the strongest is
 *     {@code fullStrength}, 0..1
 */
public record PhotographSettings(double firstStrength, double fullStrength, double fullStrengthAt) {
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
