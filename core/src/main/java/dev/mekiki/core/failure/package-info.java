/** Everything that can go wrong for a caller, as one sealed family: {@link dev.mekiki.core.failure.Failure}. */
@NullMarked
package dev.mekiki.core.failure;

import org.jspecify.annotations.NullMarked;
