/** From scores to "known" or "unknown": {@link dev.mekiki.core.decision.DecisionPolicy}. */
@NullMarked
package dev.mekiki.core.decision;

import org.jspecify.annotations.NullMarked;
