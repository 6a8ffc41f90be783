package dev.mekiki.cli.source;

import dev.mekiki.cli.source.RowFields.BadRowException;
import dev.mekiki.cli.table.ParquetTable;
import dev.mekiki.cli.table.TableCursor;
import dev.mekiki.client.bulk.RowCursor;
import dev.mekiki.client.bulk.SourceRow;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Images named in a Parquet file, in the columns of a {@link CsvManifest}. */
final class ParquetManifest implements ImportSource {

    private final ParquetTable table;
    private final RowFields fields;
    private final String digest;

    private ParquetManifest(ParquetTable table, RowFields fields, String digest) {
        this.table = table;
        this.fields = fields;
        this.digest = digest;
    }

    static ParquetManifest of(ParquetTable table) throws IOException {
        if (!table.columns().contains("path")) {
            throw new UnusableSourceException(table.file() + ": columns " + String.join(", ", table.columns())
                    + " (expected: path or embedding among them)");
        }
        RowFields fields = RowFields.of(table.file().toString(), table.columns());
        return new ParquetManifest(table, fields, FileDigest.of(table.file()));
    }

    @Override
    public long rows() {
        return table.rows();
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
        List<String> columns = new ArrayList<>(fields.columns());
        columns.add("path");
        TableCursor rows = table.read(columns, offset);
        return new RowCursor() {
            private long next = offset;

            @Override
            public @Nullable SourceRow next() throws IOException {
                if (!rows.next()) {
                    return null;
                }
                String origin = "row " + next++;
                String path = rows.text("path");
                if (path == null || path.isBlank()) {
                    return new SourceRow.Unusable(origin, "path: nothing (expected: an image)");
                }
                try {
                    return ImageFile.row(
                            table.file().resolveSibling(path), origin + ", " + path, fields.read(rows::text));
                } catch (BadRowException | InvalidPathException e) {
                    return new SourceRow.Unusable(origin + ", " + path, String.valueOf(e.getMessage()));
                }
            }

            @Override
            public void close() throws IOException {
                rows.close();
            }
        };
    }
}
