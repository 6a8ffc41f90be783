/**
 * Other ways to tell a label than the nearest registration, and how they compare on one's own gallery. Start at
 * {@link dev.mekiki.analysis.opinion.OpinionComparison}.
 */
@NullMarked
package dev.mekiki.analysis.opinion;

import org.jspecify.annotations.NullMarked;
