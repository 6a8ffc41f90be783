package dev.mekiki.gallery.milvus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What conditions look like; whether Milvus reads them so is for {@link FiltersIT}. */
class FiltersTest {

    @Test
    void quotesText() {
        assertThat(Filters.literal("passport")).isEqualTo("\"passport\"");
        assertThat(Filters.literal("")).isEqualTo("\"\"");
    }

    @Test
    void escapesWhatWouldEndTheTextOrBeginAnEscape() {
        assertThat(Filters.literal("a\"b")).isEqualTo("\"a\\\"b\"");
        assertThat(Filters.literal("a\\")).isEqualTo("\"a\\\\\"");
        assertThat(Filters.literal("\" or main != \"")).isEqualTo("\"\\\" or main != \\\"\"");
    }

    @Test
    void writesControlCharactersInThreeOctalDigits() {
        assertThat(Filters.literal("\0\t\n\u001f\u007f")).isEqualTo("\"\\000\\011\\012\\037\\177\"");
    }

    @Test
    void leavesAlphabetsOfTheWorldAsTheyAre() {
        assertThat(Filters.literal("旅券 é \uD83D\uDE00")).isEqualTo("\"旅券 é \uD83D\uDE00\"");
    }

    @Test
    void comparesAFieldWithAText() {
        assertThat(Filters.equal("main", "a\"")).isEqualTo("main == \"a\\\"\"");
        assertThat(Filters.different("main", "a\"")).isEqualTo("main != \"a\\\"\"");
        assertThat(Filters.after("id", "a\"")).isEqualTo("id > \"a\\\"\"");
        assertThat(Filters.notBefore("id", "a\"")).isEqualTo("id >= \"a\\\"\"");
        assertThat(Filters.oneOf("id", List.of("a", "b\""))).isEqualTo("id in [\"a\", \"b\\\"\"]");
        assertThat(Filters.noneOf("id", List.of("a", "b\""))).isEqualTo("id not in [\"a\", \"b\\\"\"]");
    }

    @Test
    void everythingIsNoneOfNothing() {
        assertThat(Filters.noneOf("id", List.of())).isEqualTo(Filters.EVERYTHING);
    }

    @Test
    void joinsConditionsAndLeavesOutThoseThatEverythingMeets() {
        assertThat(Filters.both("a == 1 or b == 2", "c == 3")).isEqualTo("(a == 1 or b == 2) and (c == 3)");
        assertThat(Filters.both(Filters.EVERYTHING, "c == 3")).isEqualTo("c == 3");
        assertThat(Filters.both("c == 3", Filters.EVERYTHING)).isEqualTo("c == 3");
    }

    @Test
    void scopeOfEveryLabelIsNoCondition() {
        assertThat(Filters.within(new LabelScope(Set.of()))).isEqualTo(Filters.EVERYTHING);
    }

    @Test
    void scopeOfAMainLabelHasItsSubLabels() {
        assertThat(Filters.within(LabelScope.of(LabelPath.parse("a")))).isEqualTo("(main in [\"a\"])");
    }

    @Test
    void scopeOfASubLabelIsOfThatMainLabelOnly() {
        assertThat(Filters.within(new LabelScope(Set.of(LabelPath.parse("a"), LabelPath.parse("b/x")))))
                .isEqualTo("(main in [\"a\"]) or ((main == \"b\") and (sub in [\"x\"]))");
    }
}
