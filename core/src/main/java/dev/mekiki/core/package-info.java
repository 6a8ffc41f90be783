/**
 * The domain of Mekiki, free of frameworks: labels, images, embeddings, galleries, decisions, and the use cases that
 * join them. Ports ({@link dev.mekiki.core.embedding.Embedder}, {@link dev.mekiki.core.gallery.GalleryBackend}) are
 * implemented by other modules.
 */
@NullMarked
package dev.mekiki.core;

import org.jspecify.annotations.NullMarked;
