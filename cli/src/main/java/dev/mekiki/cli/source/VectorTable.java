package dev.mekiki.cli.source;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.mekiki.cli.source.RowFields.BadRowException;
import dev.mekiki.cli.table.ParquetTable;
import dev.mekiki.cli.table.TableCursor;
import dev.mekiki.client.bulk.PackedVectors;
import dev.mekiki.client.bulk.RowCursor;
import dev.mekiki.client.bulk.SourceRow;
import dev.mekiki.v1.ImportRow;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Vectors in a Parquet file: {@code embedding}, a list of numbers; perhaps {@code content_digest}, SHA-256 of the image
 * in hexadecimal, and {@code create_time}; the others as in {@link RowFields}.
 */
public final class VectorTable implements ImportSource {

    static final String EMBEDDING = "embedding";

    private static final String DIGEST = "content_digest";
    private static final String TIME = "create_time";

    /** The key of the file's note that says which embedding space its vectors are of. */
    public static final String SPACE_NOTE = "mekiki.space_digest";

    private final ParquetTable table;
    private final RowFields fields;
    private final String space;
    private final String digest;

    private VectorTable(ParquetTable table, RowFields fields, String space, String digest) {
        this.table = table;
        this.fields = fields;
        this.space = space;
        this.digest = digest;
    }

    /**
     * Takes a table as a source.
     *
     * @param spaceDigest the embedding space, where the file does not say it
     * @throws UnusableSourceException if a column is missing, or the embedding space is not known
     */
    public static VectorTable of(ParquetTable table, Optional<String> spaceDigest) throws IOException {
        if (!table.hasVectors(EMBEDDING)) {
            throw new UnusableSourceException(
                    table.file() + ": embedding is of another kind (expected: a list of float or double)");
        }
        String space = table.note(SPACE_NOTE)
                .or(() -> spaceDigest)
                .orElseThrow(() -> new UnusableSourceException(table.file()
                        + " does not say which embedding space its vectors are of (expected: --space DIGEST, or "
                        + SPACE_NOTE + " in the file's metadata)"));
        if (spaceDigest.isPresent() && !spaceDigest.get().equals(space)) {
            throw new UnusableSourceException(table.file() + ": vectors of the embedding space " + space
                    + " (expected: " + spaceDigest.get() + ")");
        }
        RowFields fields = RowFields.of(table.file().toString(), table.columns());
        return new VectorTable(table, fields, space, FileDigest.of(table.file()));
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
        return "vectors";
    }

    @Override
    public RowCursor open(long offset) throws IOException {
        List<String> columns = new ArrayList<>(fields.columns());
        columns.add(EMBEDDING);
        boolean digests = table.columns().contains(DIGEST);
        boolean times = table.columns().contains(TIME);
        if (digests) {
            columns.add(DIGEST);
        }
        if (times) {
            columns.add(TIME);
        }
        TableCursor rows = table.read(columns, offset);
        return new RowCursor() {
            private long next = offset;

            @Override
            public @Nullable SourceRow next() throws IOException {
                if (!rows.next()) {
                    return null;
                }
                String origin = "row " + next++;
                try {
                    float[] vector = rows.vector(EMBEDDING);
                    if (vector == null || vector.length == 0) {
                        return new SourceRow.Unusable(origin, "embedding: nothing (expected: a vector)");
                    }
                    ImportRow.Builder row = fields.read(rows::text);
                    row.setEmbedding(PackedVectors.pack(space, vector));
                    String content = digests ? rows.text(DIGEST) : null;
                    if (content != null && !content.isBlank()) {
                        row.setContentDigest(sha256(content.strip()));
                    }
                    String time = times ? rows.text(TIME) : null;
                    if (time != null && !time.isBlank()) {
                        row.setCreateTime(timestamp(time.strip()));
                    }
                    return new SourceRow.Usable(origin, row.build());
                } catch (BadRowException e) {
                    return new SourceRow.Unusable(origin, String.valueOf(e.getMessage()));
                }
            }

            @Override
            public void close() throws IOException {
                rows.close();
            }
        };
    }

    private static ByteString sha256(String hex) throws BadRowException {
        if (hex.length() != 64) {
            throw new BadRowException(
                    "content_digest: " + hex.length() + " characters (expected: 64, SHA-256 in hexadecimal)");
        }
        try {
            return ByteString.copyFrom(HexFormat.of().parseHex(hex));
        } catch (IllegalArgumentException e) {
            throw new BadRowException("content_digest: \"" + hex + "\" (expected: hexadecimal)");
        }
    }

    private static Timestamp timestamp(String text) throws BadRowException {
        try {
            Instant instant = Instant.parse(text);
            return Timestamp.newBuilder()
                    .setSeconds(instant.getEpochSecond())
                    .setNanos(instant.getNano())
                    .build();
        } catch (DateTimeParseException e) {
            throw new BadRowException("create_time: \"" + text + "\" (expected: as 2026-01-31T12:00:00Z)");
        }
    }
}
