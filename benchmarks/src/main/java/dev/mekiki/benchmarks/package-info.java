/**
 * How fast the service is, beside the limit of the machine measured in the same run:
 * {@link dev.mekiki.benchmarks.Benchmark}.
 */
@NullMarked
package dev.mekiki.benchmarks;

import org.jspecify.annotations.NullMarked;
