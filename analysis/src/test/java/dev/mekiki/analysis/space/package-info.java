@NullMarked
package dev.mekiki.analysis.space;

import org.jspecify.annotations.NullMarked;
