package dev.mekiki.gallery.milvus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerVersionTest {

    private static final String URI = "http://milvus:19530";

    @ParameterizedTest
    @CsvSource({"v2.3.5-lite, 2, 3", "2.6.1, 2, 6", "v2.4.0, 2, 4", "2.3, 2, 3", "v2.10.0-rc.1, 2, 10", "3.0-beta, 3, 0"
    })
    void readsWhatServersSay(String text, int major, int minor) {
        assertThat(ServerVersion.requireUsable(URI, text)).isEqualTo(new ServerVersion(major, minor));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.2.16", "v1.99.0", "0.0", "v2.0.2-lite"})
    void refusesOneThatIsTooOld(String text) {
        assertThatThrownBy(() -> ServerVersion.requireUsable(URI, text))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessage("version of " + URI + ": " + text + " (expected: 2.3 or later)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "2",
                "v.2.3",
                "2.x",
                "2.3garbage",
                "-2.3",
                " 2.3.5",
                "2.99999999999",
                "master-2024"
            })
    void refusesWhatIsNoVersion(String text) {
        assertThatThrownBy(() -> ServerVersion.requireUsable(URI, text))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessage("version of " + URI + ": \"" + text + "\" (expected: 2.3 or later)");
    }

    @Test
    void comparesTheMajorNumberFirst() {
        ServerVersion version = new ServerVersion(3, 1);

        assertThat(version.isAtLeast(2, 4)).isTrue();
        assertThat(version.isAtLeast(3, 1)).isTrue();
        assertThat(version.isAtLeast(3, 2)).isFalse();
        assertThat(version.isAtLeast(4, 0)).isFalse();
    }
}
