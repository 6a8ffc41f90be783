package dev.mekiki.analysis.space;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScoredHeapsTest {

    @Test
    void keepsTheBestInWhateverOrderTheyCome() {
        SplittableRandom random = new SplittableRandom(1);
        for (int k = 1; k < 20; k++) {
            // Few different scores, negative ones among them, so that many are equal.
            float[] scores = new float[100];
            for (int i = 0; i < scores.length; i++) {
                scores[i] = random.nextInt(-5, 5) / 4f;
            }
            List<Integer> best = IntStream.range(0, scores.length)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparing(i -> i))
                    .limit(k)
                    .toList();
            for (int order = 0; order < 5; order++) {
                ScoredHeaps heaps = new ScoredHeaps(2, k);
                int step = new int[] {1, 3, 7, 9, 99}[order];
                for (int i = 0; i < scores.length; i++) {
                    int id = i * step % scores.length;
                    heaps.offer(1, scores[id], id);
                }
                int[] ids = new int[k];
                float[] found = new float[k];
                assertThat(heaps.floor(1)).isEqualTo(scores[best.getLast()]);
                assertThat(heaps.take(1, ids, found)).isEqualTo(k);
                assertThat(ids).containsExactly(best.stream().mapToInt(i -> i).toArray());
                assertThat(found[0]).isEqualTo(scores[best.getFirst()]);
            }
        }
    }

    @Test
    void tellsHowManyThereAre() {
        ScoredHeaps heaps = new ScoredHeaps(1, 3);
        assertThat(heaps.floor(0)).isEqualTo(Float.NEGATIVE_INFINITY);
        heaps.offer(0, -2, 7);
        int[] ids = new int[3];
        assertThat(heaps.take(0, ids, new float[3])).isEqualTo(1);
        assertThat(ids).containsExactly(7, -1, -1);
    }
}
