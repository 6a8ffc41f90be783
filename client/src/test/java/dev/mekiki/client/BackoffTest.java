package dev.mekiki.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2), Duration.ofMinutes(1), new Random(1));

    @Test
    void doublesTheCeilingUpToTheLongest() {
        assertThat(longestOf(1)).isBetween(Duration.ofMillis(80), Duration.ofMillis(100));
        assertThat(longestOf(3)).isBetween(Duration.ofMillis(320), Duration.ofMillis(400));
        assertThat(longestOf(9)).isBetween(Duration.ofMillis(1600), Duration.ofSeconds(2));
        assertThat(longestOf(10_000)).isLessThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void spreadsBeyondTheAdviceSoThatCallersDoNotComeBackTogether() {
        Duration advice = Duration.ofMillis(500);

        assertThat(IntStream.range(0, 50)
                        .mapToObj(_ -> backoff.before(2, Optional.of(advice)))
                        .distinct())
                .hasSizeGreaterThan(40)
                .allSatisfy(d -> assertThat(d).isBetween(advice, advice.plusMillis(200)));
    }

    private Duration longestOf(int failures) {
        return IntStream.range(0, 200)
                .mapToObj(_ -> backoff.before(failures, Optional.empty()))
                .max(Duration::compareTo)
                .orElseThrow();
    }
}
