package dev.mekiki.cli.table;

import dev.hardwood.HardwoodContext;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowGroupPredicate;
import dev.hardwood.schema.ColumnProjection;
import dev.hardwood.schema.FileSchema;
import dev.hardwood.schema.SchemaNode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A Parquet file: what its footer says, and cursors over its rows. Immutable. */
public final class ParquetTable {

    /** What a column holds, as far as it is of any use here. */
    enum Kind {
        TEXT,
        BYTES,
        INTEGER,
        LONG,
        DOUBLE,
        FLOAT,
        BOOLEAN,
        MILLIS,
        MICROS,
        NANOS,
        FLOATS,
        DOUBLES,
        OTHER
    }

    private final Path file;
    private final FileMetaData footer;
    private final Map<String, Kind> columns;

    private ParquetTable(Path file, FileMetaData footer, Map<String, Kind> columns) {
        this.file = file;
        this.footer = footer;
        this.columns = columns;
    }

    /**
     * Reads the footer.
     *
     * @throws UnreadableTableException if the file is no Parquet file
     * @throws IOException if it cannot be read
     */
    public static ParquetTable open(Path file) throws IOException {
        try (HardwoodContext context = HardwoodContext.create(1);
                ParquetFileReader reader = ParquetFileReader.open(InputFile.of(file), context)) {
            return new ParquetTable(file, reader.getFileMetaData(), kinds(reader.getFileSchema()));
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new UnreadableTableException(file + ": no Parquet file, or damaged: " + e.getMessage(), e);
        }
    }

    public Path file() {
        return file;
    }

    public long rows() {
        return footer.numRows();
    }

    /** What the writer noted beside the rows. */
    public Optional<String> note(String key) {
        return Optional.ofNullable(footer.keyValueMetadata().get(key));
    }

    /** Names of the columns, in their order. */
    public Set<String> columns() {
        return columns.keySet();
    }

    /** Whether there is a column of lists of numbers under that name. */
    public boolean hasVectors(String column) {
        Kind kind = columns.get(column);
        return kind == Kind.FLOATS || kind == Kind.DOUBLES;
    }

    /**
     * Reads some columns; others cost nothing.
     *
     * @param wanted names of columns that are there
     * @param offset of the first row; at most the number of rows
     * @throws IOException if the file cannot be read
     */
    public TableCursor read(List<String> wanted, long offset) throws IOException {
        if (offset < 0 || offset > rows()) {
            throw new IllegalArgumentException("offset: " + offset + " (expected: 0.." + rows() + ")");
        }
        long before = 0;
        long bytesBefore = 0;
        for (RowGroup group : footer.rowGroups()) {
            if (before + group.numRows() > offset) {
                bytesBefore = group.columns().getFirst().chunkStartOffset();
                break;
            }
            before += group.numRows();
        }
        if (offset == rows()) {
            return TableCursor.empty();
        }
        HardwoodContext context = HardwoodContext.create(1);
        ParquetFileReader reader = null;
        try {
            reader = ParquetFileReader.open(InputFile.of(file), context);
            var builder = reader.buildColumnReaders(projection(wanted)).batchSize(TableCursor.BATCH);
            if (before > 0) {
                builder.filter(RowGroupPredicate.byteRange(bytesBefore, Long.MAX_VALUE));
            }
            ColumnReaders readers = builder.build();
            TableCursor cursor = new TableCursor(file, columns, wanted, readers, reader, context);
            cursor.skip(offset - before);
            return cursor;
        } catch (IOException | RuntimeException e) {
            if (reader != null) {
                reader.close();
            }
            context.close();
            throw new UnreadableTableException(file + ": " + e.getMessage(), e);
        }
    }

    private static ColumnProjection projection(List<String> wanted) {
        // To the reader, a dot leads into a structure; a column that has one in its name can only be read among all.
        return wanted.stream().anyMatch(name -> name.contains("."))
                ? ColumnProjection.all()
                : ColumnProjection.columns(wanted.toArray(String[]::new));
    }

    private static Map<String, Kind> kinds(FileSchema schema) {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        for (SchemaNode node : schema.getRootNode().children()) {
            kinds.put(node.name(), kind(node));
        }
        return kinds;
    }

    private static Kind kind(SchemaNode node) {
        if (node instanceof SchemaNode.GroupNode group) {
            return group.isList() && group.getListElement() instanceof SchemaNode.PrimitiveNode element
                    ? switch (element.type()) {
                        case FLOAT -> Kind.FLOATS;
                        case DOUBLE -> Kind.DOUBLES;
                        default -> Kind.OTHER;
                    }
                    : Kind.OTHER;
        }
        SchemaNode.PrimitiveNode column = (SchemaNode.PrimitiveNode) node;
        if (column.maxRepetitionLevel() > 0) {
            return Kind.OTHER;
        }
        if (column.type() == PhysicalType.INT64 && column.logicalType() instanceof LogicalType.TimestampType time) {
            return switch (time.unit()) {
                case MILLIS -> Kind.MILLIS;
                case MICROS -> Kind.MICROS;
                case NANOS -> Kind.NANOS;
            };
        }
        return switch (column.type()) {
            // Writers of old say nothing of what the bytes are; mostly it is text.
            case BYTE_ARRAY -> Kind.TEXT;
            case FIXED_LEN_BYTE_ARRAY -> Kind.BYTES;
            case INT32 -> Kind.INTEGER;
            case INT64 -> Kind.LONG;
            case FLOAT -> Kind.FLOAT;
            case DOUBLE -> Kind.DOUBLE;
            case BOOLEAN -> Kind.BOOLEAN;
            case INT96 -> Kind.OTHER;
        };
    }
}
