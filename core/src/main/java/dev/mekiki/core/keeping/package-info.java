/**
 * Keeping the images of registrations, for embedding them anew: entry type {@link dev.mekiki.core.keeping.KeptImages};
 * where they are is the port {@link dev.mekiki.core.keeping.ImageStore}.
 */
@NullMarked
package dev.mekiki.core.keeping;

import org.jspecify.annotations.NullMarked;
