/**
 * Vectors in bulk: {@link dev.mekiki.analysis.space.Points}, all products of many of them a tile at a time
 * ({@link dev.mekiki.analysis.space.Panel}), and the bounded threads that work on them.
 */
@NullMarked
package dev.mekiki.analysis.space;

import org.jspecify.annotations.NullMarked;
