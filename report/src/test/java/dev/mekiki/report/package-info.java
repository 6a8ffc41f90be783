@NullMarked
package dev.mekiki.report;

import org.jspecify.annotations.NullMarked;
