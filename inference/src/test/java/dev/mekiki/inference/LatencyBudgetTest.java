package dev.mekiki.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyBudgetTest {

    private static final long MILLI = 1_000_000;

    private final LatencyBudget budget = new LatencyBudget(Duration.ofMillis(100));

    @Test
    void keepsATwentiethForWhatNobodyForesees() {
        assertThat(budget.willBeMissed(94 * MILLI)).isFalse();
        assertThat(budget.willBeMissed(96 * MILLI)).isTrue();
        assertThat(budget.isMissed(94 * MILLI)).isFalse();
        assertThat(budget.isMissed(96 * MILLI)).isTrue();
    }

    @Test
    void learnsHowMuchLongerTheSlowestOfFiveHundredTakes() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            budget.took(80 * MILLI, (long) (80 * MILLI * (0.5 + random.nextDouble())));
        }

        assertThat(budget.withMargin(1)).isBetween(1.40 / 0.95, 1.55 / 0.95);
    }

    @Test
    void learnsNothingFromImagesThatWereFarFromTheBudget() {
        for (int i = 0; i < 1000; i++) {
            budget.took(2 * MILLI, 40 * MILLI);
        }

        assertThat(budget.willBeMissed(94 * MILLI)).isFalse();
    }

    @Test
    void neverRefusesWhatNeedsLessThanHalfOfIt() {
        for (int i = 0; i < 1000; i++) {
            budget.took(90 * MILLI, 900 * MILLI);
        }

        assertThat(budget.willBeMissed(47 * MILLI)).isFalse();
        assertThat(budget.willBeMissed(48 * MILLI)).isTrue();
    }

    @Test
    void isNeverMissedWhereThereIsNone() {
        LatencyBudget none = new LatencyBudget(Duration.ZERO);

        assertThat(none.willBeMissed(Long.MAX_VALUE)).isFalse();
        assertThat(none.isMissed(Long.MAX_VALUE)).isFalse();
    }
}
