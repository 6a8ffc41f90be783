/** Registered embeddings and the ports that every gallery implements: entry type {@link dev.mekiki.core.gallery.GalleryBackend}. */
@NullMarked
package dev.mekiki.core.gallery;

import org.jspecify.annotations.NullMarked;
