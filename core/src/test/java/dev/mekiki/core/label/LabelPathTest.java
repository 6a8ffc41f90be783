package dev.mekiki.core.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.failure.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelPathTest {

    @Test
    void readsBackWhatItWrites() {
        assertThat(LabelPath.parse("passport")).isEqualTo(LabelPath.of("passport"));
        assertThat(LabelPath.parse("passport/second-generation"))
                .isEqualTo(LabelPath.of("passport", "second-generation"))
                .hasToString("passport/second-generation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"form A", "運転免許証", "Führerschein_2.0", "a", "é"})
    void takesLettersOfAnyScript(String main) {
        assertThat(LabelPath.parse(main).main()).isEqualTo(main);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " a", "a ", "-a", "a/", "/a", "a/b/c", "a\nb", "a\u0000", "a\\b", "a*", "\"", "..", "a/../b"
            })
    void refusesWhatIsNotALabel(String text) {
        assertThatThrownBy(() -> LabelPath.parse(text)).isInstanceOf(InvalidInput.class);
    }

    @Test
    void saysWhichPartIsWrongAndWhatWasExpected() {
        assertThatThrownBy(() -> LabelPath.parse("passport/a*b"))
                .isInstanceOf(InvalidInput.class)
                .hasMessageStartingWith("label.sub: \"a*b\" (expected: 1..128 letters");
    }

    @Test
    void limitsTheLengthOfEachPart() {
        String longest = "x".repeat(LabelPath.MAX_LENGTH);
        assertThat(LabelPath.of(longest, longest).main()).hasSize(128);
        assertThatThrownBy(() -> LabelPath.of(longest + "x")).isInstanceOf(InvalidInput.class);
    }

    @Test
    void neverRepeatsControlCharactersInItsMessage() {
        assertThatThrownBy(() -> LabelPath.of("a\u001b[31m")).message().doesNotContain("\u001b");
    }

    @Test
    void aMainLabelCoversItsSubLabels() {
        LabelPath passport = LabelPath.of("passport");
        assertThat(passport.covers(LabelPath.of("passport", "soiled"))).isTrue();
        assertThat(passport.covers(LabelPath.of("passports"))).isFalse();
        assertThat(LabelPath.of("passport", "soiled").covers(passport)).isFalse();
        assertThat(LabelScope.ALL.covers(passport)).isTrue();
        assertThat(LabelScope.of(LabelPath.of("visa")).covers(passport)).isFalse();
    }
}
