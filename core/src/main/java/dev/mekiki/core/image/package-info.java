/** Images as bytes, before anything is decoded: {@link dev.mekiki.core.image.EncodedImage}. */
@NullMarked
package dev.mekiki.core.image;

import org.jspecify.annotations.NullMarked;
