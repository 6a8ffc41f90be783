package dev.mekiki.cli.table;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/**
 * Writes a Parquet file, row by row and uncompressed, because vectors do not compress. Groups of rows are held in memory
 * until they are written. Not thread-safe.
 */
public final class TableWriter implements Closeable {

    /** Bounds what is in memory, and is how finely a reader can skip. */
    private static final long GROUP_BYTES = 32L << 20;

    /** What a column holds; every row has a value. */
    public enum Column {
        TEXT,
        JSON,
        MILLIS,
        FLOATS
    }

    private final MessageType schema;
    private final ParquetFileWriter file;
    private final ParquetProperties properties =
            ParquetProperties.builder().withDictionaryEncoding(false).build();
    private final List<ColumnWriter> writers = new ArrayList<>();
    private @Nullable ColumnChunkPageWriteStore pages;
    private @Nullable ColumnWriteStore columns;
    private long rowsInGroup;

    /**
     * Creates the file.
     *
     * @param path of a file that is not there yet
     * @param columns name and kind of each, in order
     * @throws IOException if it cannot be written
     */
    public TableWriter(Path path, Map<String, Column> columns) throws IOException {
        if (Files.exists(path)) {
            throw new IOException(path + " exists already");
        }
        Types.MessageTypeBuilder message = Types.buildMessage();
        columns.forEach((name, kind) -> {
            switch (kind) {
                case TEXT ->
                    message.required(PrimitiveTypeName.BINARY)
                            .as(LogicalTypeAnnotation.stringType())
                            .named(name);
                case JSON ->
                    message.required(PrimitiveTypeName.BINARY)
                            .as(LogicalTypeAnnotation.jsonType())
                            .named(name);
                case MILLIS ->
                    message.required(PrimitiveTypeName.INT64)
                            .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MILLIS))
                            .named(name);
                case FLOATS ->
                    message.requiredList()
                            .requiredElement(PrimitiveTypeName.FLOAT)
                            .named(name);
            }
        });
        this.schema = message.named("registration");
        this.file =
                new ParquetFileWriter(new LocalOutputFile(path), schema, ParquetFileWriter.Mode.CREATE, GROUP_BYTES, 0);
        file.start();
    }

    /** The next value of this row. */
    public void text(int column, String value) throws IOException {
        writer(column).write(Binary.fromString(value), 0, 0);
    }

    /** The next value of this row. */
    public void millis(int column, long value) throws IOException {
        writer(column).write(value, 0, 0);
    }

    /** The next value of this row. */
    public void floats(int column, float[] values) throws IOException {
        ColumnWriter writer = writer(column);
        if (values.length == 0) {
            writer.writeNull(0, 0);
        }
        for (int i = 0; i < values.length; i++) {
            writer.write(values[i], i == 0 ? 0 : 1, 1);
        }
    }

    /** Ends a row of which every value was written. */
    public void endRow() throws IOException {
        ColumnWriteStore group = columns;
        if (group == null) {
            throw new IllegalStateException("a row without values");
        }
        group.endRecord();
        rowsInGroup++;
        if (group.getBufferedSize() >= GROUP_BYTES) {
            flush();
        }
    }

    /**
     * Ends the file; without this it is none.
     *
     * @param notes what is noted beside the rows
     */
    public void finish(Map<String, String> notes) throws IOException {
        flush();
        file.end(notes);
    }

    @Override
    public void close() throws IOException {
        closeGroup();
        file.close();
    }

    private ColumnWriter writer(int column) throws IOException {
        if (columns == null) {
            pages = new ColumnChunkPageWriteStore(
                    UNCOMPRESSED, schema, properties.getAllocator(), properties.getColumnIndexTruncateLength());
            columns = properties.newColumnWriteStore(schema, pages);
            writers.clear();
            for (var descriptor : schema.getColumns()) {
                writers.add(columns.getColumnWriter(descriptor));
            }
        }
        return writers.get(column);
    }

    private void flush() throws IOException {
        if (columns == null || pages == null) {
            return;
        }
        file.startBlock(rowsInGroup);
        columns.flush();
        pages.flushToFileWriter(file);
        file.endBlock();
        closeGroup();
    }

    private void closeGroup() {
        if (columns != null) {
            columns.close();
            columns = null;
        }
        if (pages != null) {
            pages.close();
            pages = null;
        }
        rowsInGroup = 0;
    }

    private static final BytesInputCompressor UNCOMPRESSED = new BytesInputCompressor() {
        @Override
        public BytesInput compress(BytesInput bytes) {
            return bytes;
        }

        @Override
        public CompressionCodecName getCodecName() {
            return CompressionCodecName.UNCOMPRESSED;
        }

        @Override
        public void release() {}
    };
}
