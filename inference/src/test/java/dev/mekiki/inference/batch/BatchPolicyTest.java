package dev.mekiki.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchPolicyTest {

    private static BatchPolicy of(Integer... sizes) {
        return BatchPolicy.fixed(new BatchSizes(List.of(sizes)), Duration.ZERO, 64);
    }

    @ParameterizedTest
    @CsvSource({
        // waiting, taken, run as
        "1, 1, 1",
        "2, 2, 4",
        "3, 3, 4",
        "4, 4, 4",
        "5, 4, 4",
        "7, 4, 4",
        "8, 8, 16",
        "15, 15, 16",
        "16, 16, 16",
        "63, 16, 16",
    })
    void padsAtMostHalfABatchAndSplitsOtherwise(int waiting, int taken, int runAs) {
        BatchPolicy policy = of(1, 4, 16);

        assertThat(policy.rule().take(waiting, 0, policy.sizes().largest())).isEqualTo(taken);
        assertThat(policy.sizes().holding(taken)).isEqualTo(runAs);
    }

    @Test
    void takesWhatThereIsWhereEverySizeIsAllowed() {
        BatchPolicy policy = of(1, 2, 3, 4);

        for (int waiting = 1; waiting <= 4; waiting++) {
            assertThat(policy.rule().take(waiting, 0, policy.sizes().largest())).isEqualTo(waiting);
        }
    }

    @Test
    void takesNoMoreThanTheLargestSizeThatMayRunNow() {
        assertThat(of(1, 4, 16).rule().take(63, 0, 4)).isEqualTo(4);
        assertThat(of(1, 4, 16).rule().take(3, 0, 1)).isEqualTo(1);
    }

    @Test
    void padsAnythingUpToTheOnlySize() {
        assertThat(of(8).rule().take(1, 0, 8)).isEqualTo(1);
        assertThat(of(8).sizes().holding(1)).isEqualTo(8);
    }

    @Test
    void refusesImpossibleValues() {
        assertThatIllegalArgumentException().isThrownBy(() -> of()).withMessageContaining("at least one");
        assertThatIllegalArgumentException().isThrownBy(() -> of(0, 1)).withMessageContaining("ascending");
        assertThatIllegalArgumentException().isThrownBy(() -> of(4, 2)).withMessageContaining("ascending");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchPolicy.fixed(new BatchSizes(List.of(1, 8)), Duration.ZERO, 7))
                .withMessage("capacity: 7 (expected: at least 8, the largest batch size)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchPolicy.fixed(new BatchSizes(List.of(1)), Duration.ofNanos(-1), 7))
                .withMessageContaining("zero or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(2).sizes().holding(3))
                .withMessageContaining("1..2");
    }
}
