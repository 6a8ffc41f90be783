package dev.mekiki.gallery.milvus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.gallery.contract.Specimens;
import dev.mekiki.milvus.server.MilvusServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether Milvus takes a text for what it is, whatever is in it. */
class FiltersIT {

    /** Each differs from some other in no more than what a careless reader would make of it. */
    private static final List<String> TEXTS = texts();

    @TempDir
    private static Path folder;

    private static String prefix;
    private static Connection connection;

    /** A row of every text, in the field {@code main} and as the key. */
    private static Table table;

    @BeforeAll
    static void write() {
        prefix = TestMilvus.prefix(folder);
        connection = Connection.open(
                MilvusGallerySettings.at(MilvusServer.shared().uri()).withNames("default", prefix), _ -> {});
        String name = prefix + "_texts";
        GallerySchema.createLabels(
                connection,
                name,
                new GalleryDescription(Specimens.gallery("texts", Specimens.space(2)), Specimens.TIME));
        table = new Table(connection, name);
        table.load();
        table.awaitVisible(LabelRows.PATH, write(TEXTS));
    }

    @AfterAll
    static void drop() {
        try (TestMilvus milvus = new TestMilvus(MilvusServer.shared())) {
            milvus.dropAll(prefix);
        }
        connection.close();
    }

    @Test
    void equalFindsTheRowWithTheTextAndNoOther() {
        for (String text : TEXTS) {
            assertThat(found(Filters.equal(RegistrationRows.MAIN, text)))
                    .as(shown(text))
                    .containsExactly(text);
            assertThat(found(Filters.equal(LabelRows.PATH, text)))
                    .as(shown(text))
                    .containsExactly(text);
        }
    }

    @Test
    void differentFindsEveryOtherRow() {
        for (String text : TEXTS) {
            assertThat(found(Filters.different(RegistrationRows.MAIN, text)))
                    .as(shown(text))
                    .hasSize(TEXTS.size() - 1)
                    .doesNotContain(text);
        }
    }

    @Test
    void listsFindTheirTextsAndNoOthers() {
        List<String> shuffled = new ArrayList<>(TEXTS);
        Collections.shuffle(shuffled, new Random(7));
        List<String> half = shuffled.subList(0, TEXTS.size() / 2);
        List<String> rest = shuffled.subList(TEXTS.size() / 2, TEXTS.size());

        assertThat(found(Filters.oneOf(RegistrationRows.MAIN, half))).containsExactlyInAnyOrderElementsOf(half);
        assertThat(found(Filters.oneOf(LabelRows.PATH, half))).containsExactlyInAnyOrderElementsOf(half);
        assertThat(found(Filters.noneOf(RegistrationRows.MAIN, half))).containsExactlyInAnyOrderElementsOf(rest);
        assertThat(found(Filters.both(
                        Filters.oneOf(RegistrationRows.MAIN, half),
                        Filters.noneOf(LabelRows.PATH, half.subList(0, 3)))))
                .containsExactlyInAnyOrderElementsOf(half.subList(3, half.size()));
    }

    @Test
    void orderIsThatOfUtf8() {
        for (String text : TEXTS) {
            List<String> after = TEXTS.stream()
                    .filter(other -> Arrays.compareUnsigned(utf8(other), utf8(text)) > 0)
                    .toList();
            List<String> notBefore = new ArrayList<>(after);
            notBefore.add(text);

            assertThat(found(Filters.after(LabelRows.PATH, text)))
                    .as(shown(text))
                    .containsExactlyInAnyOrderElementsOf(after);
            assertThat(found(Filters.notBefore(LabelRows.PATH, text)))
                    .as(shown(text))
                    .containsExactlyInAnyOrderElementsOf(notBefore);
        }
    }

    @Test
    void textsThatNoRowHasFindNone() {
        List<String> absent = List.of(
                "passport\" or path != \"",
                "passport\") or (path != \"",
                "\"] or path not in [\"passport",
                "pass%",
                "p_ssport",
                "PASSPORT",
                "passport\0",
                " passport",
                "\\u0070assport",
                "\\160assport");

        assertThat(absent).doesNotContainAnyElementsOf(TEXTS);
        for (String text : absent) {
            assertThat(found(Filters.equal(RegistrationRows.MAIN, text)))
                    .as(text)
                    .isEmpty();
            assertThat(found(Filters.equal(LabelRows.PATH, text))).as(text).isEmpty();
        }
        assertThat(found(Filters.oneOf(RegistrationRows.MAIN, absent))).isEmpty();
    }

    @Test
    void deletingTakesTheRowsOfTheTextsAndNoOthers() {
        List<String> marked = TEXTS.stream().map(text -> text + "\"\\!").toList();
        table.awaitVisible(LabelRows.PATH, write(marked));
        List<String> deleted = marked.subList(0, marked.size() / 2);

        table.awaitVisible(LabelRows.PATH, table.delete(LabelRows.PATH, deleted));

        assertThat(found(Filters.oneOf(LabelRows.PATH, marked)))
                .containsExactlyInAnyOrderElementsOf(marked.subList(marked.size() / 2, marked.size()));
        table.awaitVisible(LabelRows.PATH, table.delete(LabelRows.PATH, marked));
        assertThat(found(Filters.notBefore(LabelRows.PATH, ""))).containsExactlyInAnyOrderElementsOf(TEXTS);
    }

    private static long write(List<String> texts) {
        return table.upsert(
                texts.size(),
                List.of(
                        Columns.texts(LabelRows.PATH, texts),
                        Columns.texts(RegistrationRows.MAIN, texts),
                        Columns.texts(RegistrationRows.SUB, Collections.nCopies(texts.size(), "")),
                        Columns.vectors(
                                LabelRows.VECTOR,
                                LabelRows.VECTOR_DIMENSION,
                                Collections.nCopies(texts.size(), new float[] {1, 0}))));
    }

    private static List<String> found(String filter) {
        return table.rows(filter, List.of(RegistrationRows.MAIN), Table.MOST_ROWS)
                .texts(RegistrationRows.MAIN);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String shown(String text) {
        return text.chars()
                .mapToObj(c -> c < ' ' || c > '~' ? "\\u%04x".formatted(c) : "" + (char) c)
                .reduce("", String::concat);
    }

    private static List<String> texts() {
        Set<String> texts = new LinkedHashSet<>(List.of(
                "",
                " ",
                "passport",
                "passport ",
                "passport\"",
                "\"passport\"",
                "passport\\",
                "passport\\\\",
                "passport\\\"",
                "\\passport",
                "pass\\port",
                "pass\\\\port",
                "\"",
                "\\",
                "\\\\",
                "\\\"",
                "'",
                "\\'",
                "'passport'",
                "`",
                "\" or main != \"",
                "\" or path != \"",
                "\" || true || \"",
                "\"] or path not in [\"",
                "\") or (path != \"",
                "x\", \"passport",
                "and",
                "true",
                "not",
                "%",
                "_",
                "%passport%",
                "passpor_",
                "passport%",
                "{passport}",
                "$meta",
                "// passport",
                "/* passport */",
                "main == \"passport\"",
                "\\n",
                "\\t",
                "\\0",
                "\\000",
                "\\x70assport",
                "\\u0070",
                "\\U00000070",
                "\\160",
                "\n\r",
                "\r\n",
                "a\tb",
                "a\\tb",
                "a b",
                "a\u00a0b",
                "a\u0085b",
                "a\u2028b",
                "a\u200bb",
                "\ufeffa",
                "a",
                "ab",
                "A",
                "é",
                "e\u0301",
                "É",
                "ß",
                "ss",
                "旅券",
                "旅行証",
                "\uD840\uDC00",
                "\uD83D\uDE00",
                "\uD83D\uDE01",
                "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67",
                "\uD83D\uDE00\"",
                "\"\uD83D\uDE00\\",
                "\uffff",
                "\uDBFF\uDFFF",
                "\ufffd",
                "1",
                "1.0",
                "0x1"));
        IntStream.rangeClosed(0, ' ').mapToObj(c -> "" + (char) c).forEach(texts::add);
        IntStream.rangeClosed(0x7f, 0xa0).mapToObj(c -> "" + (char) c).forEach(texts::add);
        // a digit after an escape must not become part of it
        IntStream.of(0, 1, 7, 9, 10, 13, 31).mapToObj(c -> "1" + (char) c + "1").forEach(texts::add);
        texts.add("\\".repeat(256));
        texts.add("\"".repeat(255));
        return List.copyOf(texts);
    }
}
