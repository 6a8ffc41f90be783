package dev.mekiki.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.benchmarks.vitals.Footprint;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecoveryTest {

    private final Recovery recovery = new Recovery(Duration.ofMillis(10), 3);

    @Test
    void countsFromTheFirstOfARowOfNormalAnswers() {
        answered(0, 200);
        recovery.disturbed();
        answered(300, 9);
        answered(310, 11);
        answered(330, 10);
        answered(340, 5);
        assertThat(recovery.after()).isEmpty();
        answered(350, 5);

        assertThat(recovery.after()).contains(Duration.ofMillis(330));
    }

    @Test
    void aRefusalBreaksTheRow() {
        answered(0, 5);
        answered(5, 5);
        recovery.disturbed();
        answered(20, 5);
        answered(25, 5);

        assertThat(recovery.after()).isEmpty();
    }

    @Test
    void whatSwingsDoesNotGrow() {
        assertThat(Growth.of(List.of(10L, 90L, 10L, 50L, 50L, 50L, 90L, 10L, 10L)))
                .isZero();
        assertThat(Growth.of(List.of(10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L)))
                .isEqualTo(6);
        assertThatThrownBy(() -> Growth.of(List.of(1L, 2L))).hasMessageContaining("samples: 2");
    }

    @Test
    void aSoakFailsByWhatGrowsAndByNothingElse() {
        List<Footprint> leaking = IntStream.range(0, 30)
                .mapToObj(i -> new Footprint(60 << 20, 1500L << 20, 50, 100 + i))
                .toList();

        assertThat(SoakBenchmark.checks(leaking))
                .filteredOn(check -> !check.holds())
                .extracting(Check::name, Check::found)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("growth of open files", "20"));
    }

    private void answered(long sentMillis, long latencyMillis) {
        recovery.answered(Duration.ofMillis(sentMillis), Duration.ofMillis(latencyMillis));
    }
}
