/**
 * The load generator: {@link dev.mekiki.benchmarks.load.ClosedLoop} keeps calls in flight,
 * {@link dev.mekiki.benchmarks.load.OpenLoop} sends them when they are due, whatever became of the ones before.
 */
@NullMarked
package dev.mekiki.benchmarks.load;

import org.jspecify.annotations.NullMarked;
