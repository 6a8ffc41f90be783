package dev.mekiki.core.embedding;

/**
 * Where vectors live: a model with its preprocessing. Vectors of different spaces are never compared.
 *
 * @param modelId the model's name and version, for example {@code documents-lcnet050@1}
 * @param dimension length of the vectors, 2..32768
 * @param digest identifies weights and preprocessing, so that a retrained model of the same name is another space
 */
public record EmbeddingSpace(String modelId, int dimension, String digest) {

    public EmbeddingSpace {
        if (modelId.isBlank()) {
            throw new IllegalArgumentException("modelId: blank (expected: a model's name and version)");
        }
        if (dimension < 2 || dimension > 32_768) {
            throw new IllegalArgumentException("dimension: " + dimension + " (expected: 2..32768)");
        }
        if (digest.isBlank()) {
            throw new IllegalArgumentException("digest: blank (expected: a digest of the model)");
        }
    }

    @Override
    public String toString() {
        return modelId + "[" + dimension + ", " + digest.substring(0, Math.min(12, digest.length())) + "]";
    }
}
