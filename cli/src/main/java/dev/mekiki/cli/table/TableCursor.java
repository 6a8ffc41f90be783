package dev.mekiki.cli.table;

import dev.hardwood.HardwoodContext;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.ParquetFileReader;
import dev.mekiki.cli.table.ParquetTable.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks over the rows of a table. What it gives for a row is not changed afterwards. Not thread-safe. */
public final class TableCursor implements Closeable {

    /** Rows that are decoded at a time. */
    static final int BATCH = 1000;

    private final Path file;
    private final Map<String, Column> columns = new HashMap<>();
    private final @Nullable ColumnReaders readers;
    private final @Nullable ParquetFileReader reader;
    private final @Nullable HardwoodContext context;
    private int row = -1;
    private int rowsInBatch;

    TableCursor(
            Path file,
            Map<String, Kind> kinds,
            List<String> wanted,
            ColumnReaders readers,
            ParquetFileReader reader,
            HardwoodContext context) {
        this.file = file;
        this.readers = readers;
        this.reader = reader;
        this.context = context;
        for (int i = 0; i < readers.getColumnCount(); i++) {
            ColumnReader column = readers.getColumnReader(i);
            String name = column.getColumnSchema().fieldPath().topLevelName();
            columns.put(name, new Column(name, kinds.getOrDefault(name, Kind.OTHER), column));
        }
        for (String name : wanted) {
            if (!columns.containsKey(name)) {
                throw new IllegalArgumentException("column: " + name + " is not there");
            }
        }
    }

    private TableCursor() {
        this.file = Path.of("");
        this.readers = null;
        this.reader = null;
        this.context = null;
    }

    static TableCursor empty() {
        return new TableCursor();
    }

    /**
     * Goes to the next row; at the beginning, to the first.
     *
     * @return false after the last
     * @throws UnreadableTableException if the file is damaged
     */
    public boolean next() throws UnreadableTableException {
        if (row + 1 < rowsInBatch) {
            row++;
            return true;
        }
        try {
            if (readers == null || !readers.nextBatch()) {
                return false;
            }
            rowsInBatch = readers.getRecordCount();
        } catch (RuntimeException e) {
            throw damaged(e);
        }
        columns.values().forEach(Column::forget);
        row = -1;
        return next();
    }

    void skip(long rows) throws UnreadableTableException {
        for (long i = 0; i < rows; i++) {
            if (!next()) {
                throw new UnreadableTableException(file + ": fewer rows than its footer says");
            }
        }
    }

    /** The value as text; null if there is none. A point in time as in {@code 2026-01-31T12:00:00Z}. */
    public @Nullable String text(String column) throws UnreadableTableException {
        return read(column, c -> c.text(row));
    }

    /** The values, of a column of lists of numbers; null if there is no list. Missing values are NaN. */
    public float @Nullable [] vector(String column) throws UnreadableTableException {
        return read(column, c -> c.vector(row));
    }

    private <T> @Nullable T read(String name, java.util.function.Function<Column, @Nullable T> value)
            throws UnreadableTableException {
        Column column = columns.get(name);
        if (column == null) {
            throw new IllegalArgumentException("column: " + name + " was not asked for");
        }
        try {
            return value.apply(column);
        } catch (RuntimeException e) {
            throw damaged(e);
        }
    }

    private UnreadableTableException damaged(RuntimeException cause) {
        return new UnreadableTableException(file + ": damaged: " + cause.getMessage(), cause);
    }

    @Override
    public void close() throws IOException {
        if (readers != null) {
            readers.close();
        }
        if (reader != null) {
            reader.close();
        }
        if (context != null) {
            context.close();
        }
    }

    /** One column, with the values of the batch as far as they were asked for. */
    private static final class Column {

        private final String name;
        private final Kind kind;
        private final ColumnReader reader;
        private @Nullable Object values;
        private int @Nullable [] starts;

        Column(String name, Kind kind, ColumnReader reader) {
            this.name = name;
            this.kind = kind;
            this.reader = reader;
        }

        void forget() {
            values = null;
            starts = null;
        }

        @Nullable
        String text(int row) {
            if (kind != Kind.FLOATS
                    && kind != Kind.DOUBLES
                    && reader.getLeafValidity().isNull(row)) {
                return null;
            }
            Object all = values != null ? values : load();
            return switch (kind) {
                case TEXT -> ((String[]) all)[row];
                case BYTES -> HexFormat.of().formatHex(((byte[][]) all)[row]);
                case INTEGER -> Integer.toString(((int[]) all)[row]);
                case LONG -> Long.toString(((long[]) all)[row]);
                case DOUBLE -> Double.toString(((double[]) all)[row]);
                case FLOAT -> Float.toString(((float[]) all)[row]);
                case BOOLEAN -> Boolean.toString(((boolean[]) all)[row]);
                case MILLIS -> Instant.ofEpochMilli(((long[]) all)[row]).toString();
                case MICROS ->
                    Instant.EPOCH.plus(((long[]) all)[row], ChronoUnit.MICROS).toString();
                case NANOS -> Instant.EPOCH.plusNanos(((long[]) all)[row]).toString();
                case FLOATS, DOUBLES, OTHER -> throw new IllegalStateException(name + ": no text");
            };
        }

        float @Nullable [] vector(int row) {
            if (kind != Kind.FLOATS && kind != Kind.DOUBLES) {
                throw new IllegalStateException(name + ": no list of numbers");
            }
            if (reader.getLayerValidity(reader.getLayerCount() - 1).isNull(row)) {
                return null;
            }
            Object all = values != null ? values : load();
            int[] offsets = starts != null ? starts : (starts = reader.getLayerOffsets(reader.getLayerCount() - 1));
            int from = offsets[row];
            float[] vector = new float[offsets[row + 1] - from];
            if (all instanceof float[] floats) {
                System.arraycopy(floats, from, vector, 0, vector.length);
            } else {
                double[] doubles = (double[]) all;
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = (float) doubles[from + i];
                }
            }
            if (reader.getLeafValidity().hasNulls()) {
                for (int i = 0; i < vector.length; i++) {
                    if (reader.getLeafValidity().isNull(from + i)) {
                        vector[i] = Float.NaN;
                    }
                }
            }
            return vector;
        }

        private Object load() {
            Object loaded = switch (kind) {
                case TEXT -> reader.getStrings();
                case BYTES -> reader.getBinaries();
                case INTEGER -> reader.getInts();
                case LONG, MILLIS, MICROS, NANOS -> reader.getLongs();
                case DOUBLE, DOUBLES -> reader.getDoubles();
                case FLOAT, FLOATS -> reader.getFloats();
                case BOOLEAN -> reader.getBooleans();
                case OTHER -> throw new IllegalStateException(name + ": of a kind that is not supported");
            };
            values = loaded;
            return loaded;
        }
    }
}
