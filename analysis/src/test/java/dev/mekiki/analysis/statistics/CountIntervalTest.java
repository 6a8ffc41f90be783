package dev.mekiki.analysis.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountIntervalTest {

    // Garwood's table: 95 % limits of the mean of a Poisson variable that was 1, 5, 20.
    @ParameterizedTest
    @CsvSource({"1, .0253, 5.572", "5, 1.623, 11.668", "20, 12.217, 30.888"})
    void hasTheLimitsOfThePublishedTable(int events, double low, double high) {
        Estimate found = CountInterval.of(events, events);
        assertThat(found.value()).isEqualTo(events);
        assertThat(found.low()).isCloseTo(low, within(6e-4));
        assertThat(found.high()).isCloseTo(high, within(6e-4));
    }

    @Test
    void refusesToSayAnythingOfNoEvents() {
        assertThatThrownBy(() -> CountInterval.of(.1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("of a positive number");
    }
}
