@NullMarked
package dev.mekiki.benchmarks.vitals;

import org.jspecify.annotations.NullMarked;
