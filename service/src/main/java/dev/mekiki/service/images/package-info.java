/** Images kept in a folder: entry type {@link dev.mekiki.service.images.ImageDirectory}. */
@NullMarked
package dev.mekiki.service.images;

import org.jspecify.annotations.NullMarked;
