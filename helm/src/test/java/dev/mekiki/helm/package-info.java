/** The chart, rendered by Helm itself and looked at: {@link dev.mekiki.helm.Chart}. */
@NullMarked
package dev.mekiki.helm;

import org.jspecify.annotations.NullMarked;
