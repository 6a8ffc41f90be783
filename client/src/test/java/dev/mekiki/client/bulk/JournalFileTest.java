package dev.mekiki.client.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFileTest {

    private static final JournalFile.Identity IDENTITY =
            new JournalFile.Identity("abc", "galleries/g", "conflicts reject");
    private static final ImportProgress PROGRESS = new ImportProgress(70, 50, 10, 7, 2, 3);

    @TempDir
    Path folder;

    @Test
    void tellsAnotherProcessWhatWasRecorded() throws IOException {
        Path file = folder.resolve("state").resolve("a.journal");
        JournalFile journal = JournalFile.open(file, IDENTITY);
        assertThat(journal.progress()).isEqualTo(ImportProgress.NONE);
        assertThat(file).doesNotExist();

        journal.record(new ImportProgress(10, 10, 0, 0, 0, 0));
        journal.record(PROGRESS);

        assertThat(JournalFile.open(file, IDENTITY).progress()).isEqualTo(PROGRESS);
        try (Stream<Path> files = Files.list(folder.resolve("state"))) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void isNotTakenForTheJournalOfAnotherImport() throws IOException {
        Path file = folder.resolve("a.journal");
        JournalFile.open(file, IDENTITY).record(PROGRESS);

        assertThatThrownBy(() ->
                        JournalFile.open(file, new JournalFile.Identity("abd", "galleries/g", "conflicts reject")))
                .isInstanceOf(ForeignJournalException.class)
                .hasMessage(file + " is the journal of another import: source abc (expected: abd)");
        assertThatThrownBy(() ->
                        JournalFile.open(file, new JournalFile.Identity("abc", "galleries/h", "conflicts reject")))
                .hasMessageContaining("gallery galleries/g (expected: galleries/h)");
        assertThatThrownBy(() ->
                        JournalFile.open(file, new JournalFile.Identity("abc", "galleries/g", "conflicts accept")))
                .hasMessageContaining("options conflicts reject (expected: conflicts accept)");
    }

    @Test
    void isNotMistakenForAFileOfAnotherKind() throws IOException {
        Path file = folder.resolve("notes.txt");
        Files.writeString(file, "buy milk\n");

        assertThatThrownBy(() -> JournalFile.open(file, IDENTITY))
                .isInstanceOf(ForeignJournalException.class)
                .hasMessage(file + ": \"buy milk\" (expected: \"mekiki import journal 1\")");
    }

    @Test
    void saysWhichNumberIsBroken() throws IOException {
        Path file = folder.resolve("a.journal");
        JournalFile.open(file, IDENTITY).record(PROGRESS);
        List<String> lines = Files.readAllLines(file).stream()
                .map(l -> l.startsWith("rejected") ? "rejected: x" : l)
                .toList();
        Files.write(file, lines);

        assertThatThrownBy(() -> JournalFile.open(file, IDENTITY))
                .hasMessageContaining("rejected: \"x\" (expected: a number)");
    }

    @Test
    void startsOverWhenTold() throws IOException {
        Path file = folder.resolve("a.journal");
        JournalFile.open(file, IDENTITY).record(PROGRESS);

        assertThat(JournalFile.startOver(file, IDENTITY).progress()).isEqualTo(ImportProgress.NONE);

        JournalFile journal = JournalFile.open(file, IDENTITY);
        journal.delete();
        assertThat(file).doesNotExist();
        assertThat(journal.progress()).isEqualTo(ImportProgress.NONE);
    }
}
