/** What single steps cost, in nanoseconds and bytes an operation, measured with JMH; {@code ./mekiki bench micro}. */
@NullMarked
package dev.mekiki.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
