@NullMarked
package dev.mekiki.benchmarks.load;

import org.jspecify.annotations.NullMarked;
