package dev.mekiki.training.engine;

/**
 * Cluster-guided margins, supervised contrastive clustering and cluster aligning; each is off at 0 (Source: arXiv
 * 2312.04029 by METHODS §2, formulas [R]: reconstructed, since the paper's could not be read).
 *
 * @param marginSpread Δ: how far a class's margin may lie from the head's, 0..0.5; recomputed each epoch
 * @param denseWider whether compact classes get the larger margin and scattered ones the smaller, or the reverse
 * @param epochImages images between two recomputations of the margins, at least 1
 * @param clusteringWeight λ₁, of the loss that pulls embeddings to the remembered centres of their classes, 0..100
 * @param clusteringTemperature its τ, 0.001..10
 * @param aligningWeight λ₂, of the loss that pulls class weights to those centres, 0..100
 * @param memory ρ: share that a centre keeps of itself when an embedding is added, 0 to below 1
 */
public record ClusterSettings(
        double marginSpread,
        boolean denseWider,
        long epochImages,
        double clusteringWeight,
        double clusteringTemperature,
        double aligningWeight,
        double memory) {

    public ClusterSettings {
        Ranges.require("marginSpread", marginSpread, 0, 0.5);
        Ranges.require("epochImages", epochImages, 1, 1e12);
        Ranges.require("clusteringWeight", clusteringWeight, 0, 100);
        Ranges.require("clusteringTemperature", clusteringTemperature, 1e-3, 10);
        Ranges.require("aligningWeight", aligningWeight, 0, 100);
        Ranges.require("memory", memory, 0, 0.999);
    }

    /** Whether any of it is on, so that class centres are kept. */
    public boolean used() {
        return marginSpread > 0 || clusteringWeight > 0 || aligningWeight > 0;
    }
}
