/** Another model for a gallery, while it is used: entry type {@link dev.mekiki.core.reembedding.Reembedder}. */
@NullMarked
package dev.mekiki.core.reembedding;

import org.jspecify.annotations.NullMarked;
