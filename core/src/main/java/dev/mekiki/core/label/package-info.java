/** What things are called: {@link dev.mekiki.core.label.LabelPath} and sets of them. */
@NullMarked
package dev.mekiki.core.label;

import org.jspecify.annotations.NullMarked;
