package dev.mekiki.cli.table;

import java.io.IOException;

/** A file is no Parquet file, is damaged, or has a column of another kind than expected. */
public final class UnreadableTableException extends IOException {

    private static final long serialVersionUID = 1L;

    public UnreadableTableException(String message) {
        super(message);
    }

    public UnreadableTableException(String message, Throwable cause) {
        super(message, cause);
    }
}
