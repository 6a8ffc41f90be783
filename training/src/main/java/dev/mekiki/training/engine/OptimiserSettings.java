package dev.mekiki.training.engine;

/**
 * AdamW and weight averaging (Source: Loshchilov and Hutter, arXiv 1711.05101).
 *
 * @param firstDecay β₁, in [0, 1)
 * @param secondDecay β₂, in [0, 1)
 * @param epsilon added to the root of the second moment
 * @param weightDecay applied to kernels and matrices only, scaled by the learning rate
 * @param gradientLimit the gradient is scaled down to this length when longer
 * @param averageDecay decay of the moving average of the weights; early steps use {@code (1 + t) / (10 + t)} if smaller
 */
public record OptimiserSettings(
        double firstDecay,
        double secondDecay,
        double epsilon,
        double weightDecay,
        double gradientLimit,
        double averageDecay) {

    public OptimiserSettings {
        Ranges.require("firstDecay", firstDecay, 0, 0.9999);
        Ranges.require("secondDecay", secondDecay, 0, 0.99999);
        Ranges.require("epsilon", epsilon, 1e-16, 1);
        Ranges.require("weightDecay", weightDecay, 0, 10);
        Ranges.require("gradientLimit", gradientLimit, 1e-6, 1e6);
        Ranges.require("averageDecay", averageDecay, 0, 0.999999);
    }
}
