package dev.mekiki.cli.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.cli.table.ParquetTable;
import dev.mekiki.cli.table.TableCursor;
import dev.mekiki.cli.table.TableWriter;
import dev.mekiki.cli.table.TableWriter.Column;
import dev.mekiki.cli.table.UnreadableTableException;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.Gallery;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A gallery in a Parquet file: a row for each registration, and what is noted beside them. Immutable. */
public final class GalleryArchive {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, String>> ATTRIBUTES = new TypeReference<>() {};
    private static final List<String> COLUMNS =
            List.of("id", "label", "content_digest", "create_time", "attributes", "embedding");

    private final ParquetTable table;
    private final ArchiveNotes notes;

    private GalleryArchive(ParquetTable table, ArchiveNotes notes) {
        this.table = table;
        this.notes = notes;
    }

    /**
     * Reads what is noted, not the rows.
     *
     * @throws UnreadableTableException if it is no archive
     * @throws IOException if it cannot be read
     */
    public static GalleryArchive open(Path file) throws IOException {
        ParquetTable table = ParquetTable.open(file);
        return new GalleryArchive(table, ArchiveNotes.of(table));
    }

    /**
     * Writes every registration of a gallery. The file appears under its name when it is complete and durable.
     *
     * @param gallery what the service says of it
     * @param software what is noted as the writer
     * @param progress reaches the number of registrations
     * @throws FileAlreadyExistsException if the file is there already
     * @throws IOException if it cannot be written
     */
    public static ArchiveNotes write(
            Connection connection, Gallery gallery, Path file, String software, Retrying retrying, Progress progress)
            throws IOException, InterruptedException {
        try (RegistrationCursor registrations = new StoredRegistrations(connection, gallery.getName(), retrying)) {
            return write(registrations, gallery, file, software, progress);
        }
    }

    static ArchiveNotes write(
            RegistrationCursor registrations, Gallery gallery, Path file, String software, Progress progress)
            throws IOException, InterruptedException {
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        try {
            ArchiveNotes notes = writeRows(registrations, gallery, part, software, progress);
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            return notes;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static ArchiveNotes writeRows(
            RegistrationCursor registrations, Gallery gallery, Path part, String software, Progress progress)
            throws IOException, InterruptedException {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("id", Column.TEXT);
        columns.put("label", Column.TEXT);
        columns.put("content_digest", Column.TEXT);
        columns.put("create_time", Column.MILLIS);
        columns.put("attributes", Column.JSON);
        columns.put("embedding", Column.FLOATS);
        RegistrationsDigest digest = new RegistrationsDigest();
        long count = 0;
        try (TableWriter writer = new TableWriter(part, columns)) {
            for (ArchivedRegistration r = registrations.next(); r != null; r = registrations.next()) {
                writer.text(0, r.id());
                writer.text(1, r.label());
                writer.text(2, r.contentDigest());
                writer.millis(3, r.createMillis());
                writer.text(4, JSON.writeValueAsString(r.attributes()));
                writer.floats(5, r.vector());
                writer.endRow();
                digest.add(r);
                progress.reach(++count);
            }
            ArchiveNotes notes = new ArchiveNotes(gallery, count, digest.hex());
            writer.finish(notes.toMap(software));
            return notes;
        }
    }

    public Path file() {
        return table.file();
    }

    public ArchiveNotes notes() {
        return notes;
    }

    /** Its rows, which are a source of vectors to import as well. */
    public ParquetTable table() {
        return table;
    }

    /**
     * Reads every row and compares number and digest with what is noted.
     *
     * @param progress reaches the number of rows
     * @throws UnreadableTableException if they differ, or the file is damaged otherwise
     * @throws IOException if the file cannot be read
     */
    public void verify(Progress progress) throws IOException, InterruptedException {
        RegistrationsDigest digest = new RegistrationsDigest();
        long count = 0;
        try (RegistrationCursor rows = registrations()) {
            for (ArchivedRegistration r = rows.next(); r != null; r = rows.next()) {
                digest.add(r);
                progress.reach(++count);
            }
        }
        if (count != notes.count()) {
            throw new UnreadableTableException(
                    file() + ": " + count + " registrations (expected: " + notes.count() + "); the file is damaged");
        }
        String found = digest.hex();
        if (!found.equals(notes.digest())) {
            throw new UnreadableTableException(
                    file() + ": digest " + found + " (expected: " + notes.digest() + "); the file is damaged");
        }
    }

    /** In the order of their ids. */
    RegistrationCursor registrations() throws IOException {
        for (String column : COLUMNS) {
            if (!table.columns().contains(column)) {
                throw new UnreadableTableException(file() + ": the column " + column + " is missing");
            }
        }
        TableCursor rows = table.read(COLUMNS, 0);
        return new RegistrationCursor() {
            @Override
            public @Nullable ArchivedRegistration next() throws IOException {
                return rows.next() ? registration(rows) : null;
            }

            @Override
            public void close() throws IOException {
                rows.close();
            }
        };
    }

    private ArchivedRegistration registration(TableCursor row) throws IOException {
        float[] vector = row.vector("embedding");
        try {
            return new ArchivedRegistration(
                    text(row, "id"),
                    text(row, "label"),
                    text(row, "content_digest"),
                    Instant.parse(text(row, "create_time")).toEpochMilli(),
                    JSON.readValue(text(row, "attributes"), ATTRIBUTES),
                    vector == null ? new float[0] : vector);
        } catch (JsonProcessingException | DateTimeParseException e) {
            throw new UnreadableTableException(file() + ": damaged: " + e.getMessage(), e);
        }
    }

    private String text(TableCursor row, String column) throws UnreadableTableException {
        String text = row.text(column);
        if (text == null) {
            throw new UnreadableTableException(file() + ": a row without " + column);
        }
        return text;
    }
}
