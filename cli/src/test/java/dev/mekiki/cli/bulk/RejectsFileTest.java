package dev.mekiki.cli.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.client.bulk.RowFinding;
import dev.mekiki.v1.ImportFinding;
import dev.mekiki.v1.ImportFinding.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejectsFileTest {

    @TempDir
    Path folder;

    @Test
    void writesALineForEachFinding() throws IOException {
        Path file = folder.resolve("out").resolve("rejects.csv");
        try (RejectsFile rejects = RejectsFile.open(file, 0)) {
            rejects.add(finding(3, "a, b.jpg", Kind.KIND_REJECTED, false, "not an \"image\"\nat all"));
            rejects.add(finding(9, "c.jpg", Kind.KIND_CONFLICTING_CONTENT, true, "twice"));
        }

        assertThat(Files.readString(file)).isEqualToNormalizingNewlines("""
                        offset,source,kind,registered,reason
                        3,"a, b.jpg",rejected,false,"not an ""image"" at all"
                        9,c.jpg,conflicting content,true,twice
                        """);
    }

    @Test
    void doesNotRepeatWhatItHasWhenTheImportGoesOn() throws IOException {
        Path file = folder.resolve("rejects.csv");
        try (RejectsFile rejects = RejectsFile.open(file, 0)) {
            rejects.add(finding(3, "a", Kind.KIND_REJECTED, false, "x"));
            rejects.add(finding(9, "b", Kind.KIND_REJECTED, false, "x"));
        }
        // The process was killed in the middle of a line.
        Files.writeString(file, "12,\"c", StandardOpenOption.APPEND);

        try (RejectsFile rejects = RejectsFile.open(file, 5)) {
            rejects.add(finding(9, "b", Kind.KIND_REJECTED, false, "x"));
            rejects.add(finding(9, "b", Kind.KIND_DUPLICATE, true, "x"));
            rejects.add(finding(12, "c", Kind.KIND_REJECTED, false, "x"));
        }

        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "offset,source,kind,registered,reason",
                        "3,a,rejected,false,x",
                        "9,b,rejected,false,x",
                        "9,b,duplicate,true,x",
                        "12,c,rejected,false,x");
    }

    @Test
    void beginsAnewWithTheImport() throws IOException {
        Path file = folder.resolve("rejects.csv");
        try (RejectsFile rejects = RejectsFile.open(file, 0)) {
            rejects.add(finding(3, "a", Kind.KIND_REJECTED, false, "x"));
        }
        RejectsFile.open(file, 0).close();

        assertThat(Files.readAllLines(file)).hasSize(1);
    }

    @Test
    void doesNotAppendToAFileOfAnotherKind() throws IOException {
        Path file = folder.resolve("notes.csv");
        Files.writeString(file, "a,b\n1,2\n");

        assertThatThrownBy(() -> RejectsFile.open(file, 5)).hasMessageContaining("is no file of rejects");
        assertThat(file).hasContent("a,b\n1,2\n");
    }

    private static RowFinding finding(long offset, String origin, Kind kind, boolean registered, String reason) {
        return new RowFinding(
                origin,
                ImportFinding.newBuilder()
                        .setOffset(offset)
                        .setKind(kind)
                        .setRegistered(registered)
                        .setError(com.google.rpc.Status.newBuilder().setMessage(reason))
                        .build());
    }
}
