package dev.mekiki.milvus.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogTailTest {

    @Test
    void tellsTheLastLines() {
        assertThat(LogTail.of(lines("line", 100)).lines()).hasSize(20).endsWith("line 99");
    }

    @Test
    void tellsWhatLedToAPanicRatherThanTheStacksAfterIt() {
        assertThat(LogTail.of(lines("line", 100) + "panic: no pigeon\n" + lines("goroutine", 100))
                        .lines())
                .hasSize(20)
                .contains("line 99", "panic: no pigeon")
                .doesNotContain("goroutine 99");
    }

    private static String lines(String word, int count) {
        return IntStream.range(0, count).mapToObj(i -> word + " " + i + "\n").collect(Collectors.joining());
    }
}
