package dev.mekiki.training.network;

import java.util.Map;
import java.util.Set;

/**
 * What a network takes over from a trained one before it learns on. Not to be changed once it is made.
 *
 * @param parameters values of parameters by name, each as long as the parameter
 * @param statistics values of running means and variances, likewise
 * @param settledNorms batch normalisations whose mean and variance are folded into the weights before them: they only scale
 *     and shift, and must not normalise by a batch's own mean and variance
 * @param digest of the model that they come from
 */
public record StartingWeights(
        Map<String, float[]> parameters, Map<String, float[]> statistics, Set<String> settledNorms, String digest) {}
