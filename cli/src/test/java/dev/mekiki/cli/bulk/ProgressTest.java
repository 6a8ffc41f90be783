package dev.mekiki.cli.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private long now;

    @Test
    void tellsRateAndTimeLeftOnceAnInterval() {
        Progress progress = new Progress(
                new PrintStream(told, true, StandardCharsets.UTF_8), 1000, false, Duration.ofSeconds(2), () -> now);
        for (int i = 0; i < 50; i++) {
            now += 100_000_000;
            progress.advance();
        }

        assertThat(told.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "20 of 1,000 (2 %), 10.0 a second, 1 min 38 s left",
                        "40 of 1,000 (4 %), 10.0 a second, 1 min 36 s left");
    }

    @Test
    void saysNothingWhenDone() {
        Progress progress = new Progress(
                new PrintStream(told, true, StandardCharsets.UTF_8), 1, false, Duration.ofSeconds(2), () -> now);
        now += 5_000_000_000L;
        progress.advance();

        assertThat(told.size()).isZero();
    }

    @Test
    void countsOnlyItsOwnWorkAsItsSpeed() {
        Progress progress = new Progress(
                new PrintStream(told, true, StandardCharsets.UTF_8), 1000, false, Duration.ofSeconds(2), () -> now);
        progress.startAt(800);
        now += 2_000_000_000L;
        progress.reach(820);

        assertThat(told.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("820 of 1,000 (82 %), 10.0 a second, 18 s left");
    }

    @Test
    void overwritesTheBarAndLeavesItsLineFree() {
        Progress progress = new Progress(
                new PrintStream(told, true, StandardCharsets.UTF_8), 100, true, Duration.ofSeconds(2), () -> now);
        now += 2_000_000_000L;
        progress.reach(50);
        progress.say("the service is away");
        progress.close();

        String bar = "[===============               ] 50 of 100 (50 %), 25.0 a second, 2 s left";
        assertThat(told.toString(StandardCharsets.UTF_8))
                .isEqualTo("\r" + bar + "\r" + " ".repeat(bar.length()) + "\rthe service is away"
                        + System.lineSeparator());
    }

    @Test
    void writesDurationsForPeople() {
        assertThat(Progress.forPeople(Duration.ofSeconds(59))).isEqualTo("59 s");
        assertThat(Progress.forPeople(Duration.ofSeconds(61))).isEqualTo("1 min 1 s");
        assertThat(Progress.forPeople(Duration.ofMinutes(125))).isEqualTo("2 h 5 min");
    }
}
