package dev.mekiki.client.bulk;

import dev.mekiki.v1.ImportRow;

/** What a source holds at one offset. */
public sealed interface SourceRow {

    /** Where the row comes from, for people: a file, a line. */
    String origin();

    /**
     * A row that can be sent.
     *
     * @param row what is sent; not checked beforehand, the service is the judge of it
     */
    record Usable(String origin, ImportRow row) implements SourceRow {}

    /**
     * A row that cannot be sent: it is reported as rejected, and the import goes on.
     *
     * @param reason one line, for people
     */
    record Unusable(String origin, String reason) implements SourceRow {}
}
