package dev.mekiki.client.bulk;

import dev.mekiki.v1.ImportAppend;
import dev.mekiki.v1.ImportFinding;
import dev.mekiki.v1.ImportRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * Consecutive rows of the source that are answered together. Rows that cannot be sent are among them; the service
 * requires offsets without gaps, so those that it is told count only what is sent.
 */
final class Append {

    private final long first;
    private final long firstSent;
    private final List<ImportRow> rows = new ArrayList<>();
    private final List<String> origins = new ArrayList<>();
    private final List<RowFinding> unusable = new ArrayList<>();

    private long firstRow = -1;
    private long end;
    private long bytes;

    /**
     * @param first position of its first row in the source
     * @param firstSent what the service is told as the position of the first row sent
     */
    Append(long first, long firstSent) {
        this.first = first;
        this.firstSent = firstSent;
        this.end = first;
    }

    void add(SourceRow row) {
        switch (row) {
            case SourceRow.Usable usable -> {
                if (rows.isEmpty()) {
                    firstRow = end;
                }
                rows.add(usable.row());
                origins.add(usable.origin());
                bytes += usable.row().getSerializedSize();
            }
            case SourceRow.Unusable bad -> unusable.add(StreamingImport.rejection(end, bad.origin(), bad.reason()));
        }
        end++;
    }

    /** Rows of the source, those that are not sent included. */
    long length() {
        return end - first;
    }

    /** Position in the source after its last row. */
    long end() {
        return end;
    }

    int rowsSent() {
        return rows.size();
    }

    /** What the service calls the position after its last row. */
    long endSent() {
        return firstSent + rows.size();
    }

    /** Of what is sent. */
    long bytes() {
        return bytes;
    }

    /** Position in the source of the first row that is sent; -1 if there is none. */
    long firstRow() {
        return firstRow;
    }

    ImportAppend message() {
        return ImportAppend.newBuilder().setOffset(firstSent).addAllRows(rows).build();
    }

    /**
     * The service's findings and those of this side, in the order of the source and with its positions.
     *
     * @param inSource from what the service calls a position to the position in the source
     */
    List<RowFinding> findings(List<ImportFinding> told, LongUnaryOperator inSource) {
        if (told.isEmpty()) {
            return unusable;
        }
        List<RowFinding> all = new ArrayList<>(unusable);
        for (ImportFinding finding : told) {
            ImportFinding.Builder here = finding.toBuilder().setOffset(inSource.applyAsLong(finding.getOffset()));
            if (finding.hasOtherOffset()) {
                // It may be a row of an earlier append.
                here.setOtherOffset(inSource.applyAsLong(finding.getOtherOffset()));
            }
            all.add(new RowFinding(origins.get(index(finding.getOffset())), here.build()));
        }
        // Stable: several findings about one row stay in their order.
        all.sort(Comparator.comparingLong(f -> f.finding().getOffset()));
        return all;
    }

    private int index(long sentOffset) {
        long index = sentOffset - firstSent;
        if (index < 0 || index >= rows.size()) {
            throw new ProtocolViolation("finding.offset: " + sentOffset + " (expected: " + firstSent + ".."
                    + (endSent() - 1) + ", a row of the append)");
        }
        return (int) index;
    }

    /** The service answered something that makes no sense. */
    static final class ProtocolViolation extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ProtocolViolation(String message) {
            super(message);
        }
    }
}
