/** How work that nobody waits for on a thread ends; {@link dev.mekiki.core.completion.Callbacks} is where to begin. */
@NullMarked
package dev.mekiki.core.completion;

import org.jspecify.annotations.NullMarked;
