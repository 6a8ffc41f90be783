/**
 * From an image file's bytes to upright 8-bit BGR pixels, at a reduced scale where the format allows it. Limits are
 * checked on the file's header, before memory is taken. Entry: {@link dev.mekiki.inference.decode.ImageDecoder}.
 */
@NullMarked
package dev.mekiki.inference.decode;

import org.jspecify.annotations.NullMarked;
