package dev.mekiki.cli.source;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import dev.mekiki.cli.source.RowFields.BadRowException;
import dev.mekiki.client.bulk.RowCursor;
import dev.mekiki.client.bulk.SourceRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Images named in a CSV file: its first line names the columns, {@code path} among them, relative to the file's folder;
 * the others as in {@link RowFields}.
 */
final class CsvManifest implements ImportSource {

    private final Path file;
    private final char separator;
    private final List<String> header;
    private final RowFields fields;
    private final long rows;
    private final String digest;

    private CsvManifest(Path file, char separator, List<String> header, RowFields fields, long rows, String digest) {
        this.file = file;
        this.separator = separator;
        this.header = header;
        this.fields = fields;
        this.rows = rows;
        this.digest = digest;
    }

    static CsvManifest read(Path file, char separator) throws IOException {
        long rows = 0;
        List<String> header;
        try (CsvReader<CsvRecord> reader = reader(file, separator)) {
            Iterator<CsvRecord> records = reader.iterator();
            if (!records.hasNext()) {
                throw new UnusableSourceException(file + " is empty (expected: a line that names the columns)");
            }
            header = records.next().getFields().stream().map(String::strip).toList();
            while (records.hasNext()) {
                records.next();
                rows++;
            }
        } catch (CsvParseException | UncheckedIOException e) {
            throw unreadable(file, e);
        }
        if (header.stream().distinct().count() < header.size()) {
            throw new UnusableSourceException(
                    file + ": columns " + String.join(", ", header) + " (expected: different ones)");
        }
        if (!header.contains("path")) {
            throw new UnusableSourceException(
                    file + ": columns " + String.join(", ", header) + " (expected: path among them)");
        }
        RowFields fields = RowFields.of(file.toString(), header);
        return new CsvManifest(file, separator, header, fields, rows, FileDigest.of(file));
    }

    private static CsvReader<CsvRecord> reader(Path file, char separator) throws IOException {
        return CsvReader.builder()
                .fieldSeparator(separator)
                // A line with too few or too many fields is wrong, but not a reason to stop.
                .allowMissingFields(true)
                .allowExtraFields(true)
                .allowExtraCharsAfterClosingQuote(true)
                .detectBomHeader(true)
                .ofCsvRecord(file);
    }

    private static IOException unreadable(Path file, RuntimeException cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return new IOException(
                file + ": " + cause.getMessage() + (deepest == cause ? "" : ": " + deepest.getMessage()), cause);
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public String digest() {
        return digest;
    }

    @Override
    public String kind() {
        return "images";
    }

    @Override
    public RowCursor open(long offset) throws IOException {
        CsvReader<CsvRecord> reader = reader(file, separator);
        Iterator<CsvRecord> records = reader.iterator();
        RowCursor cursor = new RowCursor() {
            @Override
            public @Nullable SourceRow next() throws IOException {
                CsvRecord record = record();
                return record == null ? null : row(record);
            }

            private @Nullable CsvRecord record() throws IOException {
                try {
                    return records.hasNext() ? records.next() : null;
                } catch (CsvParseException | UncheckedIOException e) {
                    throw unreadable(file, e);
                }
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
        try {
            // The line that names the columns comes before the first row.
            for (long skipped = 0; skipped <= offset && records.hasNext(); skipped++) {
                records.next();
            }
        } catch (CsvParseException | UncheckedIOException e) {
            reader.close();
            throw unreadable(file, e);
        }
        return cursor;
    }

    private SourceRow row(CsvRecord record) {
        String origin = "line " + record.getStartingLineNumber();
        if (record.getFieldCount() != header.size()) {
            return new SourceRow.Unusable(origin, record.getFieldCount() + " fields (expected: " + header.size() + ")");
        }
        String path = record.getField(header.indexOf("path")).strip();
        if (path.isEmpty()) {
            return new SourceRow.Unusable(origin, "path: nothing (expected: an image)");
        }
        try {
            var row = fields.read(column -> record.getField(header.indexOf(column)));
            return ImageFile.row(file.resolveSibling(path), origin + ", " + path, row);
        } catch (BadRowException | java.nio.file.InvalidPathException e) {
            return new SourceRow.Unusable(origin + ", " + path, String.valueOf(e.getMessage()));
        }
    }
}
