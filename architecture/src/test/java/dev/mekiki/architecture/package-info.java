/** The boundaries between the modules, tested. */
@NullMarked
package dev.mekiki.architecture;

import org.jspecify.annotations.NullMarked;
