package dev.mekiki.training.engine;

/**
 * What the loss of one step is made of.
 *
 * @param scale CosFace's factor on the cosines, positive
 * @param margin taken off the target's cosine, in [0, 1)
 * @param contrastWeight weight of the loss between the two views of a class, 0 for none
 * @param contrastTemperature its temperature, positive
 */
public record LossSettings(double scale, double margin, double contrastWeight, double contrastTemperature) {}
