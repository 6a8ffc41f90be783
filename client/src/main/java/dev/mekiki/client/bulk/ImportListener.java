package dev.mekiki.client.bulk;

import dev.mekiki.client.Refusal;
import java.io.IOException;
import java.time.Duration;

/** Hears how an import goes, on the thread that runs it. */
public interface ImportListener {

    /** Hears nothing. */
    ImportListener NONE = new ImportListener() {};

    /**
     * Something is to be told about a row. Comes in the order of the source, before the progress that includes the row
     * is recorded; again if the import was killed in between.
     *
     * @throws IOException if it cannot be kept; ends the import
     */
    default void found(RowFinding finding) throws IOException {}

    /** More rows are durable or rejected. */
    default void advanced(ImportProgress progress) {}

    /** The stream broke; it is opened again after a pause. */
    default void waits(Refusal reason, Duration pause) {}
}
