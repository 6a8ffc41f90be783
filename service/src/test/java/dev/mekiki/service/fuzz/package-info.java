/** Inputs that nobody thought of: {@link dev.mekiki.service.fuzz.FuzzIT} has Jazzer make them up. */
@NullMarked
package dev.mekiki.service.fuzz;

import org.jspecify.annotations.NullMarked;
