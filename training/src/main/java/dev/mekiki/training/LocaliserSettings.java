package dev.mekiki.training;

/**
 * How a network's localiser is taught: first and alone, as nothing else is worth teaching before, and several times as
 * fast as the whole. Without a localiser these settings mean nothing.
 *
 * @param images photographs that it is taught with; 0 leaves it as it starts, for a run that starts from a model
 *     with a localiser
 * @param learningRate highest learning rate, above 0 to 1; it rises and falls as the schedule's
 */
public record LocaliserSettings(long images, double learningRate) {
    public LocaliserSettings {
        Recipe.require("images", images, 0, 1e12);
        Recipe.require("learningRate", learningRate, 1e-9, 1);
    }
}
