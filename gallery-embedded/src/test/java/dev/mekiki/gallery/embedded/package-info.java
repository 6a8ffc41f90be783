/** Tests of the embedded gallery. */
@NullMarked
package dev.mekiki.gallery.embedded;

import org.jspecify.annotations.NullMarked;
