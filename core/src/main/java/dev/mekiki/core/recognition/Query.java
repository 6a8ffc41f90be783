package dev.mekiki.core.recognition;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.image.EncodedImage;

/** What is asked about or registered: an image, or the vector of one. */
public sealed interface Query {

    /** An image to embed. */
    record OfImage(EncodedImage image) implements Query {}

    /** A vector that was made before, of the gallery's space. */
    record OfEmbedding(Embedding embedding) implements Query {}
}
