@NullMarked
package dev.mekiki.analysis.graph;

import org.jspecify.annotations.NullMarked;
