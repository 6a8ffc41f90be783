package dev.mekiki.analysis.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BinsTest {

    @Test
    void aThresholdOfTwoDecimalsIsAnEdge() {
        for (int hundredths = -100; hundredths < 100; hundredths++) {
            double threshold = Double.parseDouble(
                            hundredths / 100 + "." + Math.abs(hundredths % 100) / 10 + Math.abs(hundredths % 10))
                    * (hundredths < 0 && hundredths > -100 ? -1 : 1);
            int bin = Bins.SCORES.of(threshold);
            assertThat(Bins.SCORES.edge(bin)).isEqualTo(threshold);
            assertThat(Bins.SCORES.of(Math.nextDown(threshold))).isEqualTo(Math.max(0, bin - 1));
        }
    }

    @Test
    void everyNumberLiesBetweenTheEdgesOfItsBin() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            double score = random.nextDouble(-1, 1);
            int bin = Bins.SCORES.of(score);
            assertThat(score >= Bins.SCORES.edge(bin) && score < Bins.SCORES.edge(bin + 1))
                    .isTrue();
        }
        assertThat(Bins.SCORES.of(1)).isEqualTo(199);
        assertThat(Bins.SCORES.of(-1)).isZero();
        assertThat(Bins.LEADS.of(0)).isZero();
        assertThat(Bins.LEADS.of(-1e-9)).isZero();
        assertThat(Bins.LEADS.of(2)).isEqualTo(199);
        assertThat(Bins.LEADS.of(.25)).isEqualTo(25);
    }
}
