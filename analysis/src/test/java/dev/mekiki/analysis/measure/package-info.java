@NullMarked
package dev.mekiki.analysis.measure;

import org.jspecify.annotations.NullMarked;
