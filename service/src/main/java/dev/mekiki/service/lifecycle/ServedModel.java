package dev.mekiki.service.lifecycle;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.Embedder;

/**
 * A model that serves.
 *
 * @param embedder runs it, warm
 * @param calibrated what its thresholds were calibrated to; the policy of galleries in its space that bring none
 */
public record ServedModel(Embedder embedder, DecisionPolicy calibrated) {}
