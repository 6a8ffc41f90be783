package dev.mekiki.training.engine;

/**
 * A loss that draws embeddings to those of a teacher, through a linear layer that is learnt and thrown away, so that the
 * teacher's dimension may be another one.
 *
 * @param kind which distance
 * @param weight 0 for none, to 1000
 * @param temperature of {@link Kind#TEMPERATURE}, 0.001..10; at 1 the loss is almost inert (METHODS §1 [S])
 */
public record DistillationSettings(Kind kind, double weight, double temperature) {

    /** How far apart student and teacher are. */
    public enum Kind {
        /** One less the cosine. */
        COSINE,
        /** Kullback–Leibler divergence between softmaxed unit vectors (Source: DocClassifier, METHODS §1 [S]). */
        TEMPERATURE
    }

    public DistillationSettings {
        Ranges.require("weight", weight, 0, 1000);
        Ranges.require("temperature", temperature, 1e-3, 10);
    }
}
