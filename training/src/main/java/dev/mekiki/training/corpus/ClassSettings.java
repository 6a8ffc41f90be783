package dev.mekiki.training.corpus;

/**
 * What the classes are.
 *
 * @param kind how they are made of the images
 * @param mixture how many are made, and how often each sort is drawn; only {@link Kind#MIXTURE} uses it
 * @param drawnDocuments classes drawn by program, see {@code dev.mekiki.samples}, 0..1,000,000; likewise
 */
public record ClassSettings(Kind kind, CorpusBuilder.Mixture mixture, int drawnDocuments) {

    /** How classes are made. */
    public enum Kind {
        /** Each image, its turns, parts of it, collages of several, and drawn documents. */
        MIXTURE,
        /** Each image a class (Source: DocClassifier, METHODS §1 [S]). */
        IMAGES,
        /** Each of the 24 {@link Variant variants} of each image a class (Source: likewise). */
        VARIANTS,
        /** Each folder, {@code main/any.jpg} or {@code main/sub/any.jpg}, a class of the images in it. */
        FOLDERS
    }

    public ClassSettings {
        if (drawnDocuments < 0 || drawnDocuments > 1_000_000) {
            throw new IllegalArgumentException("drawnDocuments: " + drawnDocuments + " (expected: 0..1000000)");
        }
    }
}
