package dev.mekiki.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryLimitTest {

    private static final long FIRST = MemoryLimit.FIRST_PAUSE.toNanos();

    private final MemoryLimit limit = new MemoryLimit(new BatchSizes(List.of(1, 4, 16, 64)));

    @Test
    void allowsEverySizeUntilOneDoesNotFit() {
        limit.fitted(64);

        assertThat(limit.largest(0)).isEqualTo(64);
    }

    @Test
    void allowsTheNextSmallerSizeUntilThePauseIsOver() {
        assertThat(limit.exceeded(64, 100)).isEqualTo(16);

        assertThat(limit.largest(100 + FIRST - 1)).isEqualTo(16);
        assertThat(limit.largest(100 + FIRST)).isEqualTo(64);
    }

    @Test
    void goesDownSizeBySizeAndNeverBelowTheSmallest() {
        assertThat(limit.exceeded(64, 0)).isEqualTo(16);
        assertThat(limit.exceeded(16, 1)).isEqualTo(4);
        assertThat(limit.exceeded(4, 2)).isEqualTo(1);
        assertThat(limit.exceeded(1, 3)).isEqualTo(1);

        assertThat(limit.largest(3 + FIRST - 1))
                .as("one pause for all of them, from the last one")
                .isEqualTo(1);
        assertThat(limit.largest(3 + FIRST)).isEqualTo(64);
    }

    @Test
    void pausesTwiceAsLongAfterEachTimeInVainButNotForEver() {
        long now = 0;
        long pause = FIRST;
        for (int i = 0; i < 20; i++) {
            limit.exceeded(64, now);
            limit.fitted(16);
            assertThat(limit.largest(now + pause - 1)).isEqualTo(16);
            now += pause;
            assertThat(limit.largest(now)).isEqualTo(64);
            pause = Math.min(2 * pause, MemoryLimit.LONGEST_PAUSE.toNanos());
        }
        assertThat(Duration.ofNanos(pause)).isEqualTo(MemoryLimit.LONGEST_PAUSE);
    }

    @Test
    void beginsAnewOnceASizeFitsThatDidNot() {
        limit.exceeded(64, 0);
        limit.largest(FIRST);
        limit.exceeded(64, FIRST);
        long next = 3 * FIRST;
        assertThat(limit.largest(next)).isEqualTo(64);

        limit.fitted(64);

        limit.exceeded(64, next);
        assertThat(limit.largest(next + FIRST)).isEqualTo(64);
    }
}
