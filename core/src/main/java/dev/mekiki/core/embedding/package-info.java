/** Unit vectors and what makes them: {@link dev.mekiki.core.embedding.Embedding}, {@link dev.mekiki.core.embedding.Embedder}. */
@NullMarked
package dev.mekiki.core.embedding;

import org.jspecify.annotations.NullMarked;
