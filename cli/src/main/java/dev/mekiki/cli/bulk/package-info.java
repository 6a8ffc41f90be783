/**
 * What long work has in common: {@link dev.mekiki.cli.bulk.Progress} tells how far it is,
 * {@link dev.mekiki.cli.bulk.RejectsFile} and {@link dev.mekiki.cli.bulk.Findings} what is wrong with single rows.
 */
@NullMarked
package dev.mekiki.cli.bulk;

import org.jspecify.annotations.NullMarked;
