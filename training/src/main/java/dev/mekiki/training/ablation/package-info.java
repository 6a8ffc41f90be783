/**
 * The same budget spent on one choice after another, measured on documents that no run has seen. Entry:
 * {@link dev.mekiki.training.ablation.Ablation}.
 */
@NullMarked
package dev.mekiki.training.ablation;

import org.jspecify.annotations.NullMarked;
