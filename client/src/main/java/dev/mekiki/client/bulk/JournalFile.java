package dev.mekiki.client.bulk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A journal in a small text file, replaced as a whole each time, so that it is never half written. It says which import
 * it belongs to and is not taken for that of another.
 */
public final class JournalFile implements ImportJournal {

    private static final String FIRST_LINE = "mekiki import journal 1";

    /**
     * What makes two imports the same.
     *
     * @param source digest of the rows and their order
     * @param gallery {@code galleries/…}
     * @param options what else changes the outcome, on one line
     */
    public record Identity(String source, String gallery, String options) {
        public Identity {
            if ((source + gallery + options).lines().count() > 1) {
                throw new IllegalArgumentException("identity: several lines (expected: one line each)");
            }
        }
    }

    private final Path file;
    private final Identity identity;
    private ImportProgress progress;

    private JournalFile(Path file, Identity identity, ImportProgress progress) {
        this.file = file;
        this.identity = identity;
        this.progress = progress;
    }

    /**
     * Reads the file if it is there; writes nothing yet.
     *
     * @throws ForeignJournalException if it is the journal of another import, or none at all
     * @throws IOException if it cannot be read
     */
    public static JournalFile open(Path file, Identity identity) throws IOException {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            return startOver(file, identity);
        }
        Map<String, String> fields = fields(file, text);
        expect(file, "source", fields, identity.source());
        expect(file, "gallery", fields, identity.gallery());
        expect(file, "options", fields, identity.options());
        try {
            return new JournalFile(
                    file,
                    identity,
                    new ImportProgress(
                            number(fields, "next-offset"),
                            number(fields, "registered"),
                            number(fields, "present"),
                            number(fields, "rejected"),
                            number(fields, "duplicates"),
                            number(fields, "conflicts")));
        } catch (IllegalArgumentException e) {
            throw new ForeignJournalException(file + ": " + e.getMessage());
        }
    }

    /** Disregards what the file may hold; it is overwritten by the first record. */
    public static JournalFile startOver(Path file, Identity identity) {
        return new JournalFile(file, identity, ImportProgress.NONE);
    }

    @Override
    public ImportProgress progress() {
        return progress;
    }

    @Override
    public void record(ImportProgress next) throws IOException {
        String text = String.join(
                "\n",
                FIRST_LINE,
                "source: " + identity.source(),
                "gallery: " + identity.gallery(),
                "options: " + identity.options(),
                "next-offset: " + next.nextOffset(),
                "registered: " + next.registered(),
                "present: " + next.present(),
                "rejected: " + next.rejected(),
                "duplicates: " + next.duplicates(),
                "conflicts: " + next.conflicts(),
                "");
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null) {
            throw new IOException(file + " is no file");
        }
        Files.createDirectories(folder);
        Path fresh = absolute.resolveSibling(absolute.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // The folder is not forced: after a power failure the journal may be an older one, which only means that more
        // rows are sent again.
        progress = next;
    }

    /**
     * Forgets the import; the next begins at the first row.
     *
     * @throws IOException if the file cannot be deleted
     */
    public void delete() throws IOException {
        Files.deleteIfExists(file);
        progress = ImportProgress.NONE;
    }

    private static Map<String, String> fields(Path file, String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        String[] lines = text.split("\n", -1);
        if (!lines[0].equals(FIRST_LINE)) {
            throw new ForeignJournalException(
                    file + ": \"" + lines[0].strip() + "\" (expected: \"" + FIRST_LINE + "\")");
        }
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(": ");
            if (colon > 0) {
                fields.put(lines[i].substring(0, colon), lines[i].substring(colon + 2));
            }
        }
        return fields;
    }

    private static void expect(Path file, String field, Map<String, String> fields, String expected) {
        String found = fields.getOrDefault(field, "");
        if (!found.equals(expected)) {
            throw new ForeignJournalException(file + " is the journal of another import: " + field + " " + found
                    + " (expected: " + expected + ")");
        }
    }

    private static long number(Map<String, String> fields, String field) {
        String found = fields.getOrDefault(field, "");
        try {
            return Long.parseLong(found);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(field + ": \"" + found + "\" (expected: a number)", e);
        }
    }
}
