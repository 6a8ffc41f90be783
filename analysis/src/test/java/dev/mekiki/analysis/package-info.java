@NullMarked
package dev.mekiki.analysis;

import org.jspecify.annotations.NullMarked;
