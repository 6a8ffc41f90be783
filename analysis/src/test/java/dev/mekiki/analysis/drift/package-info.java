@NullMarked
package dev.mekiki.analysis.drift;

import org.jspecify.annotations.NullMarked;
