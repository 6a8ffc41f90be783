@NullMarked
package dev.mekiki.benchmarks.gallery;

import org.jspecify.annotations.NullMarked;
