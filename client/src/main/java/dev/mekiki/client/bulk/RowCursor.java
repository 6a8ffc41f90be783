package dev.mekiki.client.bulk;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Walks over the rows of a source. Used by one thread. */
public interface RowCursor extends Closeable {

    /**
     * The next row; null after the last.
     *
     * @throws IOException if the source as a whole cannot be read any further
     */
    @Nullable
    SourceRow next() throws IOException;
}
