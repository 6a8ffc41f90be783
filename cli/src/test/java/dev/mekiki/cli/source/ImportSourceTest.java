package dev.mekiki.cli.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.cli.table.TableWriter;
import dev.mekiki.cli.table.TableWriter.Column;
import dev.mekiki.client.bulk.PackedVectors;
import dev.mekiki.client.bulk.RowCursor;
import dev.mekiki.client.bulk.SourceRow;
import dev.mekiki.v1.ImportRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportSourceTest {

    private static final String SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    @TempDir
    Path folder;

    @Test
    void readsAFolderInTheOrderOfItsPaths() throws IOException {
        file("b/x.jpg", "bx");
        file("a/s/y.png", "asy");
        file("loose.jpg", "?");

        ImportSource source = open(folder);

        assertThat(source.rows()).isEqualTo(3);
        assertThat(source.kind()).isEqualTo("images");
        assertThat(inWords(source, 0))
                .containsExactly(
                        "a/s/y.png: a/s=asy",
                        "b/x.jpg: b=bx",
                        "loose.jpg! folders: 0 above the image (expected: 1, main, or 2, main/sub)");
        assertThat(inWords(source, 1)).hasSize(2).first().isEqualTo("b/x.jpg: b=bx");
        assertThat(inWords(source, 3)).isEmpty();
    }

    @Test
    void tellsThatAFolderHasChanged() throws IOException {
        file("b/x.jpg", "bx");
        String before = open(folder).digest();
        assertThat(open(folder).digest()).isEqualTo(before);

        file("c/x.jpg", "bx");
        assertThat(open(folder).digest()).isNotEqualTo(before);
    }

    @Test
    void reportsAnImageThatIsGoneAndGoesOn() throws IOException {
        Path gone = file("a/x.jpg", "ax");
        file("b/y.jpg", "by");
        ImportSource source = open(folder);
        Files.delete(gone);

        assertThat(inWords(source, 0)).containsExactly("a/x.jpg! image: " + gone + " does not exist", "b/y.jpg: b=by");
    }

    @Test
    void readsACsvManifestLineByLine() throws IOException {
        file("p/1.jpg", "one");
        file("p/2, or \"two\".jpg", "two");
        file("p/3.jpg", "three");
        Path csv = file("list.csv", """
                path,label,id,attributes,attr.country
                p/1.jpg,passport/first,my-1,"{""a"":""b"",""n"":7}",NZ
                "p/2, or ""two"".jpg",card,,,
                p/3.jpg,-bad,,,
                p/4.jpg,card,,,
                p/1.jpg,card
                ,card,,,

                p/1.jpg,card,,[1],
                p/1.jpg,card,,nonsense,
                "p/3.jpg",last,,"{""deep"":{}}",
                p/3.jpg,last,,,
                """);

        ImportSource source = open(csv);

        assertThat(source.rows()).isEqualTo(10);
        assertThat(inWords(source, 0))
                .containsExactly(
                        "line 2, p/1.jpg: passport/first=one my-1 {a=b, country=NZ, n=7}",
                        "line 3, p/2, or \"two\".jpg: card=two",
                        "line 4, p/3.jpg! label.main: \"-bad\" (expected: 1..128 letters, digits, spaces, '.', '_' or"
                                + " '-', beginning with a letter or digit)",
                        "line 5, p/4.jpg! image: " + folder.resolve("p/4.jpg") + " does not exist",
                        "line 6! 2 fields (expected: 5)",
                        "line 7! path: nothing (expected: an image)",
                        "line 9, p/1.jpg! attributes: no JSON object (expected: {\"key\": \"value\"})",
                        "line 10, p/1.jpg! attributes: no JSON: Unrecognized token 'nonsense': was expecting (JSON"
                                + " String, Number, Array, Object or token 'null', 'true' or 'false')",
                        "line 11, p/3.jpg! attributes: \"deep\" is nested (expected: texts, numbers, true or false)",
                        "line 12, p/3.jpg: last=three");
        assertThat(inWords(source, 8)).hasSize(2).last().isEqualTo("line 12, p/3.jpg: last=three");
        assertThat(inWords(source, 10)).isEmpty();
    }

    @Test
    void readsMainAndSubAndTabsAndAByteOrderMark() throws IOException {
        file("1.jpg", "one");
        Path tsv = file("list.tsv", "\uFEFFmain\tsub\tpath\npassport\tfirst\t1.jpg\npassport\t\t1.jpg\n");

        assertThat(inWords(open(tsv), 0))
                .containsExactly("line 2, 1.jpg: passport/first=one", "line 3, 1.jpg: passport=one");
    }

    @Test
    void tellsWhichColumnsAManifestLacks() throws IOException {
        assertThatThrownBy(() -> open(file("a.csv", "path,name\n")))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageEndingWith("columns path, name (expected: label, or main and perhaps sub, among them)");
        assertThatThrownBy(() -> open(file("b.csv", "file,label\n")))
                .hasMessageEndingWith("columns file, label (expected: path among them)");
        assertThatThrownBy(() -> open(file("c.csv", "path,label,label\n")))
                .hasMessageEndingWith("columns path, label, label (expected: different ones)");
        assertThatThrownBy(() -> open(file("d.csv", ""))).hasMessageContaining("is empty");
    }

    @Test
    void tellsWhatASourceMayBe() throws IOException {
        assertThatThrownBy(() -> open(file("a.txt", "x")))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageEndingWith("a.txt (expected: a folder, a .csv or a .parquet file)");
        assertThatThrownBy(() -> open(folder.resolve("none.csv"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> open(folder))
                .hasMessageContaining("holds no images (expected: main/image.jpg or main/sub/image.jpg)");
    }

    @Test
    void readsAParquetManifest() throws IOException {
        file("1.jpg", "one");
        Path parquet = folder.resolve("list.parquet");
        table(
                parquet,
                Map.of(),
                List.of("path", "label", "attr.x"),
                List.of(
                        List.of("1.jpg", "card", "y"),
                        List.of("2.jpg", "card", ""),
                        List.of(" ", "card", ""),
                        List.of("1.jpg", "", "")));

        ImportSource source = open(parquet);

        assertThat(source.rows()).isEqualTo(4);
        assertThat(inWords(source, 0))
                .containsExactly(
                        "row 0, 1.jpg: card=one {x=y}",
                        "row 1, 2.jpg! image: " + folder.resolve("2.jpg") + " does not exist",
                        "row 2! path: nothing (expected: an image)",
                        "row 3, 1.jpg! label.main: \"\" (expected: 1..128 letters, digits, spaces, '.', '_' or '-',"
                                + " beginning with a letter or digit)");
        assertThat(inWords(source, 3)).hasSize(1);
    }

    @Test
    void readsVectorsWithAllThatBelongsToThem() throws IOException {
        Path parquet = folder.resolve("vectors.parquet");
        vectors(parquet, Map.of("mekiki.space_digest", "abc"), SHA256, "2026-01-31T12:00:00.5Z");

        ImportSource source = open(parquet);

        assertThat(source.kind()).isEqualTo("vectors");
        try (RowCursor cursor = source.open(0)) {
            ImportRow row = ((SourceRow.Usable) java.util.Objects.requireNonNull(cursor.next())).row();
            assertThat(row.getLabel()).isEqualTo("card");
            assertThat(row.getEmbedding().getSpaceDigest()).isEqualTo("abc");
            assertThat(PackedVectors.unpack(row.getEmbedding().getValues())).containsExactly(0.6f, 0.8f);
            assertThat(row.getContentDigest().toByteArray())
                    .isEqualTo(HexFormat.of().parseHex(SHA256));
            assertThat(Instant.ofEpochSecond(
                            row.getCreateTime().getSeconds(),
                            row.getCreateTime().getNanos()))
                    .isEqualTo("2026-01-31T12:00:00.5Z");
            assertThat(cursor.next()).isNull();
        }
    }

    @Test
    void reportsVectorsThatCannotBeRead() throws IOException {
        Path parquet = folder.resolve("vectors.parquet");
        vectors(parquet, Map.of("mekiki.space_digest", "abc"), "xyz", "2026-01-31T12:00:00Z");
        assertThat(inWords(open(parquet), 0))
                .containsExactly("row 0! content_digest: 3 characters (expected: 64, SHA-256 in hexadecimal)");

        Files.delete(parquet);
        vectors(parquet, Map.of("mekiki.space_digest", "abc"), SHA256, "yesterday");
        assertThat(inWords(open(parquet), 0))
                .containsExactly("row 0! create_time: \"yesterday\" (expected: as 2026-01-31T12:00:00Z)");
    }

    @Test
    void requiresToKnowTheEmbeddingSpaceOfVectors() throws IOException {
        Path parquet = folder.resolve("vectors.parquet");
        vectors(parquet, Map.of(), "", "");

        assertThatThrownBy(() -> open(parquet))
                .isInstanceOf(UnusableSourceException.class)
                .hasMessageContaining("(expected: --space DIGEST, or mekiki.space_digest in the file's metadata)");
        try (RowCursor cursor = ImportSource.open(parquet, Optional.of("xyz")).open(0)) {
            SourceRow.Usable row = (SourceRow.Usable) java.util.Objects.requireNonNull(cursor.next());
            assertThat(row.row().getEmbedding().getSpaceDigest()).isEqualTo("xyz");
        }
    }

    @Test
    void doesNotTakeVectorsOfOneSpaceForThoseOfAnother() throws IOException {
        Path parquet = folder.resolve("vectors.parquet");
        vectors(parquet, Map.of("mekiki.space_digest", "abc"), "", "");

        assertThatThrownBy(() -> ImportSource.open(parquet, Optional.of("xyz")))
                .hasMessageEndingWith("vectors of the embedding space abc (expected: xyz)");
    }

    private static ImportSource open(Path path) throws IOException {
        return ImportSource.open(path, Optional.empty());
    }

    /** {@code origin: label=content id {attributes}} or {@code origin! reason}. */
    private static List<String> inWords(ImportSource source, long offset) throws IOException {
        List<String> rows = new ArrayList<>();
        try (RowCursor cursor = source.open(offset)) {
            for (SourceRow row = cursor.next(); row != null; row = cursor.next()) {
                rows.add(
                        switch (row) {
                            case SourceRow.Usable usable -> {
                                ImportRow sent = usable.row();
                                yield usable.origin() + ": " + sent.getLabel() + "="
                                        + sent.getImage().toStringUtf8()
                                        + (sent.getRegistrationId().isEmpty() ? "" : " " + sent.getRegistrationId())
                                        + (sent.getAttributesMap().isEmpty()
                                                ? ""
                                                : " " + new java.util.TreeMap<>(sent.getAttributesMap()));
                            }
                            case SourceRow.Unusable bad -> bad.origin() + "! " + bad.reason();
                        });
            }
        }
        return rows;
    }

    private Path file(String path, String content) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    private static void table(Path file, Map<String, String> notes, List<String> columns, List<List<String>> rows)
            throws IOException {
        Map<String, Column> kinds = new LinkedHashMap<>();
        columns.forEach(c -> kinds.put(c, Column.TEXT));
        try (TableWriter writer = new TableWriter(file, kinds)) {
            for (List<String> row : rows) {
                for (int i = 0; i < row.size(); i++) {
                    writer.text(i, row.get(i));
                }
                writer.endRow();
            }
            writer.finish(notes);
        }
    }

    private static void vectors(Path file, Map<String, String> notes, String contentDigest, String createTime)
            throws IOException {
        Map<String, Column> kinds = new LinkedHashMap<>();
        kinds.put("embedding", Column.FLOATS);
        kinds.put("label", Column.TEXT);
        kinds.put("content_digest", Column.TEXT);
        kinds.put("create_time", Column.TEXT);
        try (TableWriter writer = new TableWriter(file, kinds)) {
            writer.floats(0, new float[] {0.6f, 0.8f});
            writer.text(1, "card");
            writer.text(2, contentDigest);
            writer.text(3, createTime);
            writer.endRow();
            writer.finish(notes);
        }
    }
}
