/**
 * How fast the trainer is beside PyTorch, and what a million classes cost it. Entries:
 * {@link dev.mekiki.benchmarks.training.TrainingBenchmark} and {@link dev.mekiki.benchmarks.training.ClassesBenchmark}.
 */
@NullMarked
package dev.mekiki.benchmarks.training;

import org.jspecify.annotations.NullMarked;
