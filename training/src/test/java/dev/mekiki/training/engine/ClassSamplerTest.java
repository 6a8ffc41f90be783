package dev.mekiki.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassSamplerTest {

    @Test
    void alwaysKeepsEveryPositive() {
        for (int wanted : new int[] {0, 3, 5, 50, 99, 100}) {
            int[] taken = sample(wanted, wanted, new int[] {7, 7, 93}, new int[] {0, 12, 99});
            assertThat(taken).contains(0, 7, 12, 93, 99).isSorted().doesNotHaveDuplicates();
            assertThat(taken).hasSize(Math.max(5, wanted));
        }
    }

    @Test
    void takesAllClassesAtRateOne() {
        assertThat(sample(1, 100, new int[] {3}))
                .isEqualTo(IntStream.range(0, 100).toArray());
    }

    @Test
    void takesOtherClassesAlikeOften() {
        int[] often = new int[100];
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 20_000; i++) {
            for (int c : ClassSampler.sample(List.of(new int[] {0}), 100, i % 2 == 0 ? 31 : 81, random)) {
                often[c]++;
            }
        }
        assertThat(often[0]).isEqualTo(20_000);
        for (int c = 1; c < 100; c++) {
            // (30 + 80) / 2 of 99; four deviations are 280.
            assertThat((double) often[c]).isCloseTo(20_000 * 55 / 99.0, within(300.0));
        }
    }

    @Test
    void followsFromTheSeed() {
        assertThat(sample(9, 30, new int[] {1})).isEqualTo(sample(9, 30, new int[] {1}));
        assertThat(sample(9, 30, new int[] {1})).isNotEqualTo(sample(10, 30, new int[] {1}));
    }

    private static int[] sample(long seed, int wanted, int[]... positives) {
        return ClassSampler.sample(List.of(positives), 100, wanted, new SplittableRandom(seed));
    }
}
