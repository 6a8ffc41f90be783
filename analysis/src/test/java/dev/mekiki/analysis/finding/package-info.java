@NullMarked
package dev.mekiki.analysis.finding;

import org.jspecify.annotations.NullMarked;
