/** A space drawn in the plane: {@link dev.mekiki.analysis.projection.PlaneMap}. */
@NullMarked
package dev.mekiki.analysis.projection;

import org.jspecify.annotations.NullMarked;
