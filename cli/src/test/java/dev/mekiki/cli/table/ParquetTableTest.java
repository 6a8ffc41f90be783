package dev.mekiki.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.cli.table.TableWriter.Column;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetTableTest {

    /** More than fit into one group of rows. */
    private static final int ROWS = 40_500;

    private static final int DIMENSION = 256;

    @TempDir
    Path folder;

    @Test
    void givesBackWhatWasWrittenFromAnyRowOn() throws IOException {
        Path file = folder.resolve("a.parquet");
        write(file, ROWS);

        ParquetTable table = ParquetTable.open(file);

        assertThat(table.rows()).isEqualTo(ROWS);
        assertThat(table.columns()).containsExactly("name", "json", "at", "vector");
        assertThat(table.note("key")).contains("värde");
        assertThat(table.note("other")).isEmpty();
        for (int offset : new int[] {0, 1, 999, 1000, 30_000, ROWS - 1, ROWS}) {
            try (TableCursor rows = table.read(List.of("vector", "name", "at"), offset)) {
                for (int i = offset; i < Math.min(ROWS, offset + 2500); i++) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.text("name")).isEqualTo("näme " + i);
                    assertThat(rows.vector("vector")).containsExactly(vector(i));
                }
                if (offset == ROWS) {
                    assertThat(rows.next()).isFalse();
                }
            }
        }
    }

    @Test
    void readsEveryRowOnce() throws IOException {
        Path file = folder.resolve("a.parquet");
        write(file, ROWS);
        int rows = 0;
        try (TableCursor cursor = ParquetTable.open(file).read(List.of("json", "at"), 0)) {
            while (cursor.next()) {
                assertThat(cursor.text("json")).isEqualTo("{\"i\":\"" + rows + "\"}");
                assertThat(cursor.text("at")).isEqualTo("1969-12-31T23:59:59.9" + (rows % 10) + "0Z");
                rows++;
            }
        }
        assertThat(rows).isEqualTo(ROWS);
    }

    @Test
    void writesAndReadsAnEmptyTable() throws IOException {
        Path file = folder.resolve("a.parquet");
        write(file, 0);

        ParquetTable table = ParquetTable.open(file);
        assertThat(table.rows()).isZero();
        try (TableCursor cursor = table.read(List.of("name"), 0)) {
            assertThat(cursor.next()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pyarrow-snappy.parquet", "pyarrow-zstd-v2.parquet"})
    void readsWhatAnotherImplementationWrote(String name) throws IOException, URISyntaxException {
        ParquetTable table = ParquetTable.open(Path.of(
                Objects.requireNonNull(ParquetTableTest.class.getResource(name)).toURI()));

        assertThat(table.rows()).isEqualTo(1200);
        assertThat(table.note("mekiki.space_digest")).contains("abc");
        assertThat(List.of("embedding", "doubles", "fixed")).allMatch(table::hasVectors);
        assertThat(List.of("label", "nested", "none")).noneMatch(table::hasVectors);
        try (TableCursor rows = table.read(
                List.of(
                        "label",
                        "embedding",
                        "doubles",
                        "fixed",
                        "count",
                        "small",
                        "flag",
                        "ratio",
                        "at_us",
                        "at_ns",
                        "large"),
                0)) {
            for (int i = 0; i < 1200; i++) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.text("label")).isEqualTo(i == 7 ? null : "label " + i % 5);
                switch (i) {
                    case 3 -> assertThat(rows.vector("embedding")).isNull();
                    case 4 -> assertThat(rows.vector("embedding")).containsExactly(1, Float.NaN, 2, 3);
                    case 5 -> assertThat(rows.vector("embedding")).isEmpty();
                    default -> assertThat(rows.vector("embedding")).containsExactly(i, 0.5f, -1, i % 7);
                }
                assertThat(rows.vector("doubles")).containsExactly(i * 0.25f, 1);
                assertThat(rows.vector("fixed")).containsExactly(i, 2, 3);
                assertThat(rows.text("count")).isEqualTo(i % 10 == 0 ? null : Integer.toString(i));
                assertThat(rows.text("small")).isEqualTo(Integer.toString(i));
                assertThat(rows.text("flag")).isEqualTo(i % 2 == 0 ? "true" : "false");
                assertThat(rows.text("ratio")).isEqualTo(Double.toString(i / 4.0));
                assertThat(rows.text("at_us")).isEqualTo("2026-01-31T12:00:00.250Z");
                assertThat(rows.text("at_ns")).isEqualTo("2026-01-31T12:00:00.123456789Z");
                assertThat(rows.text("large")).isEqualTo("x" + i);
            }
            assertThat(rows.next()).isFalse();
        }
        try (TableCursor rows = table.read(List.of("small", "embedding"), 777)) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.text("small")).isEqualTo("777");
            assertThat(rows.vector("embedding")).startsWith(777);
        }
    }

    @Test
    void tellsThatAFileIsNoTable() throws IOException {
        Path file = folder.resolve("a.parquet");
        Files.writeString(file, "label,path\na,b\n");

        assertThatThrownBy(() -> ParquetTable.open(file))
                .isInstanceOf(UnreadableTableException.class)
                .hasMessageStartingWith(file + ": no Parquet file, or damaged");
    }

    @Test
    void tellsThatATableWasCutOff() throws IOException {
        Path file = folder.resolve("a.parquet");
        write(file, 10);
        byte[] all = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(all, all.length - 100));

        assertThatThrownBy(() -> ParquetTable.open(file)).isInstanceOf(UnreadableTableException.class);
    }

    private static void write(Path file, int rows) throws IOException {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("name", Column.TEXT);
        columns.put("json", Column.JSON);
        columns.put("at", Column.MILLIS);
        columns.put("vector", Column.FLOATS);
        try (TableWriter writer = new TableWriter(file, columns)) {
            for (int i = 0; i < rows; i++) {
                writer.text(0, "näme " + i);
                writer.text(1, "{\"i\":\"" + i + "\"}");
                writer.millis(2, -100 + i % 10 * 10);
                writer.floats(3, vector(i));
                writer.endRow();
            }
            writer.finish(Map.of("key", "värde"));
        }
    }

    private static float[] vector(int seed) {
        Random random = new Random(seed);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = random.nextFloat();
        }
        return vector;
    }
}
