/**
 * Where rows to import come from: {@link dev.mekiki.cli.source.ImportSource#open} recognises folders of images,
 * manifests of images in CSV or Parquet, and vectors in Parquet.
 */
@NullMarked
package dev.mekiki.cli.source;

import org.jspecify.annotations.NullMarked;
