package dev.mekiki.training.engine;

/**
 * A loss that pulls images of one class together within a part of the batch.
 *
 * @param kind which one
 * @param weight 0 for none, to 100
 * @param temperature 0.001..10
 */
public record ContrastSettings(Kind kind, double weight, double temperature) {

    /** What counts as positive. */
    public enum Kind {
        /** The other photograph of the same drawing of a class (Source: SimCLR, arXiv 2002.05709). */
        PAIRS,
        /** Every image of the same class (Source: Khosla et al., SupCon, arXiv 2004.11362; METHODS §2 [S]). */
        SUPCON
    }

    public ContrastSettings {
        Ranges.require("weight", weight, 0, 100);
        Ranges.require("temperature", temperature, 1e-3, 10);
    }
}
