@NullMarked
package dev.mekiki.benchmarks.plot;

import org.jspecify.annotations.NullMarked;
