/**
 * A gallery as a Parquet file, checked by a digest: {@link dev.mekiki.cli.archive.GalleryArchive} writes and reads it,
 * {@link dev.mekiki.cli.archive.Comparison} tells two sets of registrations apart.
 */
@NullMarked
package dev.mekiki.cli.archive;

import org.jspecify.annotations.NullMarked;
