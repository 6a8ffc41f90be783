/**
 * What a running service tells of itself: {@link dev.mekiki.benchmarks.vitals.ServiceVitals} reads its metrics, its JVM
 * and what the system counts of its process.
 */
@NullMarked
package dev.mekiki.benchmarks.vitals;

import org.jspecify.annotations.NullMarked;
