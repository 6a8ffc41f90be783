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
        double averageDecay) {}
