@NullMarked
package dev.mekiki.analysis.threshold;

import org.jspecify.annotations.NullMarked;
