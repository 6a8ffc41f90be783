/**
 * Registering a folder of images: {@link dev.mekiki.cli.bulk.LabelTree} reads the labels off the folders,
 * {@link dev.mekiki.cli.bulk.Importer} sends what is not registered yet.
 */
@NullMarked
package dev.mekiki.cli.bulk;

import org.jspecify.annotations.NullMarked;
