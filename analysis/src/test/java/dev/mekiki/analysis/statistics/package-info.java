@NullMarked
package dev.mekiki.analysis.statistics;

import org.jspecify.annotations.NullMarked;
