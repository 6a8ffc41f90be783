package dev.mekiki.core.failure;

import dev.mekiki.core.embedding.EmbeddingSpace;

/** A vector of one embedding space met a gallery or a vector of another. */
public final class SpaceMismatch extends Failure {

    private static final long serialVersionUID = 1L;

    public SpaceMismatch(EmbeddingSpace found, EmbeddingSpace expected) {
        super("embedding space: " + found + " (expected: " + expected + ")");
    }
}
