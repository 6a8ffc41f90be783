/** The use case of registering many rows at once; {@link dev.mekiki.core.bulk.BulkImporter} begins it. */
@NullMarked
package dev.mekiki.core.bulk;

import org.jspecify.annotations.NullMarked;
