@NullMarked
package dev.mekiki.analysis.projection;

import org.jspecify.annotations.NullMarked;
