package dev.mekiki.training.network;

/**
 * What makes an embedding of a backbone's map. All linear layers are without bias, and unit length is made at export
 * only (Source: DocsaidLab/DocClassifier, METHODS §1 [S], for the members of its ladder; sizes of the others are ours).
 */
public enum Neck {
    /**
     * 1×1 convolution to 64 channels with batch normalisation, flattened, then twice linear, layer normalisation, batch
     * normalisation. Keeping the map instead of averaging it is what tells two layouts with the same ink apart.
     */
    SQUEEZE,
    /** The whole map flattened, linear, layer normalisation, batch normalisation. */
    LN_BN,
    /** The whole map flattened, linear, layer normalisation. */
    LN,
    /** The whole map flattened, linear, batch normalisation. */
    BN,
    /** The mean over the map, linear, layer normalisation, batch normalisation. */
    GLOBAL_AVERAGE
}
