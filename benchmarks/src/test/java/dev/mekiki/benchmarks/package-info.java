@NullMarked
package dev.mekiki.benchmarks;

import org.jspecify.annotations.NullMarked;
