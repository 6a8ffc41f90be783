package dev.mekiki.inference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DecodeCostsTest {

    private final DecodeCosts costs = new DecodeCosts();

    private void hear(int times, int bytes, long nanos) {
        for (int i = 0; i < times; i++) {
            costs.took(bytes, nanos);
        }
    }

    @Test
    void expectsOfASizeWhatTheLastOnesTook() {
        hear(1, 30_000, 1000);
        hear(1, 30_000, 3000);
        assertThat(costs.nanos(20_000)).as("the mean of the first ones").isEqualTo(2000);

        hear(200, 30_000, 5000);
        assertThat(costs.nanos(20_000)).isBetween(4900L, 5000L);
    }

    @Test
    void expectsOfAnUnknownSizeInProportionToTheNearestKnownOne() {
        hear(1, 1 << 15, 1000);
        hear(1, 1 << 22, 25_000);

        assertThat(costs.nanos(1 << 16)).isEqualTo(2000);
        assertThat(costs.nanos(1 << 14)).isEqualTo(500);
        assertThat(costs.nanos(1 << 21)).isEqualTo(12_500);
    }

    @Test
    void expectsSomethingBeforeAnythingIsKnown() {
        assertThat(costs.nanos(0)).isZero();
        assertThat(costs.nanos(Integer.MAX_VALUE)).isPositive();
    }

    @Test
    void isNotMisledByOneImageThatWasHeldUpButFollowsWhereAllAreSlower() {
        hear(100, 30_000, 1000);
        hear(1, 30_000, 1_000_000);
        assertThat(costs.nanos(30_000)).isLessThan(1100);

        hear(100, 30_000, 10_000);
        assertThat(costs.nanos(30_000)).isGreaterThan(9000);
    }
}
