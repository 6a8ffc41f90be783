package dev.mekiki.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MeasuredRuleTest {

    private static final long MICRO = 1000;
    private static final long NONE = Long.MAX_VALUE;

    /** No smaller than the sizes below. */
    private static final int LARGEST = 64;

    private long spacing = NONE;

    /** Costs in microseconds, each heard often enough to be what it is. */
    private static BatchCosts costs(Map<Integer, Integer> micros) {
        TreeMap<Integer, Integer> ascending = new TreeMap<>(micros);
        BatchCosts costs = new BatchCosts(new BatchSizes(List.copyOf(ascending.keySet())));
        ascending.forEach((size, cost) -> costs.ran(size, cost * MICRO));
        return costs;
    }

    private MeasuredRule rule(BatchCosts costs, long longestMicros) {
        return new MeasuredRule(costs, Duration.ofNanos(longestMicros * MICRO), () -> spacing);
    }

    /** As an LCNet-0.5 on one core: four together cost least for each. */
    private static BatchCosts cpu() {
        return costs(Map.of(1, 950, 2, 1500, 3, 2040, 4, 2560, 8, 5200, 16, 11_000));
    }

    /** As a GPU: a run costs about the same whatever is in it. */
    private static BatchCosts gpu() {
        return costs(Map.of(1, 1000, 4, 1050, 16, 1400, 64, 2600));
    }

    @Test
    void takesTheSizeThatIsCheapestForAnItemEvenIfMoreWait() {
        assertThat(rule(cpu(), 50_000).take(40, 0, LARGEST)).isEqualTo(4);
        assertThat(rule(gpu(), 50_000).take(100, 0, LARGEST)).isEqualTo(64);
    }

    @Test
    void runsNoBatchThatTakesLongerThanAllowed() {
        assertThat(rule(gpu(), 2000).take(100, 0, LARGEST)).isEqualTo(16);
        assertThat(rule(cpu(), 1).take(100, 0, LARGEST))
                .as("the smallest runs whatever it takes")
                .isEqualTo(1);
    }

    @Test
    void runsNoBatchThatIsTooLargeNow() {
        assertThat(rule(gpu(), 50_000).take(100, 0, 16)).isEqualTo(16);
        assertThat(rule(gpu(), 50_000).take(100, 0, 1)).isEqualTo(1);
        spacing = MICRO;
        assertThat(rule(gpu(), 50_000).take(16, 0, 16))
                .as("nobody waits for companions that could not come along")
                .isEqualTo(16);
    }

    @Test
    void delaysNobodyWhileNothingElseIsOnItsWay() {
        assertThat(rule(cpu(), 50_000).take(1, 0, LARGEST)).isEqualTo(1);
        assertThat(rule(gpu(), 50_000).take(3, 0, LARGEST)).isEqualTo(3);
    }

    @Test
    void waitsForCompanionsThatAreOnTheirWayAndSaveTime() {
        spacing = 1000 * MICRO;
        MeasuredRule rule = rule(cpu(), 50_000);

        assertThat(rule.take(1, 0, LARGEST)).isZero();
        assertThat(rule.patience(1, 1000 * MICRO, LARGEST))
                .as("twice the time three more take")
                .isEqualTo(5000 * MICRO);
        assertThat(rule.take(4, 0, LARGEST)).isEqualTo(4);
        assertThat(rule.take(2, 4000 * MICRO, LARGEST)).isEqualTo(2);
    }

    @Test
    void waitsNoLongerThanHalfOfTheLongestRun() {
        spacing = 1000 * MICRO;

        assertThat(rule(cpu(), 5000).patience(1, 0, LARGEST)).isEqualTo(2500 * MICRO);
    }

    @Test
    void doesNotWaitForCompanionsThatAreSlowToCome() {
        spacing = 25_000 * MICRO;

        assertThat(rule(cpu(), 250_000).take(1, 0, LARGEST)).isEqualTo(1);
    }

    @Test
    void doesNotWaitForCompanionsThatSaveNothing() {
        spacing = 1000 * MICRO;

        assertThat(rule(costs(Map.of(1, 1000, 2, 2000, 4, 4000)), 50_000).take(1, 0, LARGEST))
                .isEqualTo(1);
    }

    @Test
    void padsOnlyIfThatIsCheaperThanTwoBatches() {
        assertThat(rule(gpu(), 50_000).take(5, 0, LARGEST))
                .as("1400 against 1050 + 1050")
                .isEqualTo(5);
        assertThat(rule(costs(Map.of(1, 10, 4, 30, 16, 100)), 50_000).take(5, 0, LARGEST))
                .as("100 against 30 + 10")
                .isEqualTo(4);
    }

    @Test
    void triesASizeAgainThatWasMeasuredInABadMoment() {
        BatchCosts costs = costs(Map.of(1, 100, 2, 90_000));
        MeasuredRule rule = rule(costs, 1_000_000);
        int twos = 0;
        for (int i = 0; i < 1000; i++) {
            int take = rule.take(10, 0, LARGEST);
            twos += take == 2 ? 1 : 0;
            costs.ran(take, take == 1 ? 100 * MICRO : 120 * MICRO);
        }

        assertThat(costs.best(Long.MAX_VALUE)).isEqualTo(2);
        assertThat(twos).isGreaterThan(100);
    }

    @Test
    void triesEverySizeThatWasNeverMeasured() {
        BatchCosts costs = new BatchCosts(new BatchSizes(List.of(1, 2, 4)));
        MeasuredRule rule = rule(costs, 1_000_000);
        for (int i = 0; i < 4; i++) {
            int take = rule.take(10, 0, LARGEST);
            costs.ran(take, 100L * take * (take == 2 ? 1 : 2));
        }

        assertThat(costs.nanos(1)).isPositive();
        assertThat(costs.nanos(4)).isPositive();
        assertThat(rule.take(10, 0, LARGEST)).isEqualTo(2);
    }
}
