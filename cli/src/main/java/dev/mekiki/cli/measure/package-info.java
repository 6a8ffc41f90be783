/** Measures what a running service answers: {@link dev.mekiki.cli.measure.ServedModel}. */
@NullMarked
package dev.mekiki.cli.measure;

import org.jspecify.annotations.NullMarked;
