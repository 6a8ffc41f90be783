package dev.mekiki.client.bulk;

import java.io.IOException;

/** Rows in an order that stays, so that an offset, counted from 0, always means the same row. */
@FunctionalInterface
public interface RowSource {

    /**
     * Begins to read; done anew each time that the stream broke.
     *
     * @param offset of the first row wanted; at most the number of rows
     * @throws IOException if the source cannot be read
     */
    RowCursor open(long offset) throws IOException;
}
