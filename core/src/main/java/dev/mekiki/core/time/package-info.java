/** Deadlines and the time that each stage of a request took. */
@NullMarked
package dev.mekiki.core.time;

import org.jspecify.annotations.NullMarked;
