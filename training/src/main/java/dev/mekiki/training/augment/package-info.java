/**
 * Turns flat documents into simulated hand-held photographs, fast enough to draw every training image anew. Entry:
 * {@link dev.mekiki.training.augment.Augmenter}.
 */
@NullMarked
package dev.mekiki.training.augment;

import org.jspecify.annotations.NullMarked;
