package dev.mekiki.cli.bulk;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import dev.mekiki.client.bulk.RowFinding;
import dev.mekiki.v1.ImportFinding;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What is to be told about rows, one a line, as CSV. An import that goes on appends; what it finds a second time is not
 * written a second time. Not thread-safe.
 */
public final class RejectsFile implements Closeable {

    private static final List<String> HEADER = List.of("offset", "source", "kind", "registered", "reason");

    private final CsvWriter writer;

    /** Offsets with kinds that are in the file already, of rows that will come again. */
    private final Set<String> written;

    private RejectsFile(CsvWriter writer, Set<String> written) {
        this.writer = writer;
        this.written = written;
    }

    /**
     * Begins a file, or goes on with it.
     *
     * @param from the import goes on at this row; 0 begins the file anew
     * @throws IOException if it cannot be written, or is another file than one of this kind
     */
    public static RejectsFile open(Path file, long from) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (from == 0 || !Files.exists(file) || Files.size(file) == 0) {
            CsvWriter writer = CsvWriter.builder().build(file);
            writer.writeRecord(HEADER);
            writer.flush();
            return new RejectsFile(writer, Set.of());
        }
        dropTornLine(file);
        Set<String> written = read(file, from);
        return new RejectsFile(
                CsvWriter.builder().build(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND), written);
    }

    /** Of a process that was killed while writing. Reasons have no line breaks. */
    private static void dropTornLine(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        int end = all.length;
        while (end > 0 && all[end - 1] != '\n') {
            end--;
        }
        if (end < all.length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(end);
            }
        }
    }

    private static Set<String> read(Path file, long from) throws IOException {
        Set<String> written = new HashSet<>();
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .allowMissingFields(true)
                .allowExtraFields(true)
                .ofCsvRecord(file)) {
            boolean first = true;
            for (CsvRecord record : reader) {
                if (first && !record.getFields().equals(HEADER)) {
                    throw new IOException(
                            file + " is no file of rejects (expected: the columns " + String.join(", ", HEADER) + ")");
                }
                if (!first && record.getFieldCount() == HEADER.size() && isFrom(record.getField(0), from)) {
                    written.add(record.getField(0) + " " + record.getField(2));
                }
                first = false;
            }
        } catch (CsvParseException | UncheckedIOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        return written;
    }

    private static boolean isFrom(String offset, long from) {
        try {
            return Long.parseLong(offset) >= from;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Adds a line. */
    public void add(RowFinding finding) throws IOException {
        ImportFinding about = finding.finding();
        String kind = kind(about.getKind());
        if (written.contains(about.getOffset() + " " + kind)) {
            return;
        }
        try {
            writer.writeRecord(
                    Long.toString(about.getOffset()),
                    oneLine(finding.origin()),
                    kind,
                    Boolean.toString(about.getRegistered()),
                    oneLine(finding.reason()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** So that a process that is killed leaves what it knew. */
    public void flush() throws IOException {
        writer.flush();
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }

    /** {@code rejected}, {@code duplicate}, {@code conflicting content}, {@code conflicting embedding}. */
    static String kind(ImportFinding.Kind kind) {
        return kind.name().replaceFirst("^KIND_", "").replace('_', ' ').toLowerCase(Locale.ROOT);
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\r\\n]+", " ");
    }
}
