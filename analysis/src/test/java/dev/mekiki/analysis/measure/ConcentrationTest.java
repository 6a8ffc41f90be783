package dev.mekiki.analysis.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConcentrationTest {

    // Centre (√½, √½); each is √(2 − √2) = .765367 away; ln 12 = 2.484907.
    @Test
    void givesTheConcentrationWorkedByHand() {
        assertThat(Concentration.of(List.of(new float[] {1, 0}, new float[] {0, 1})))
                .isCloseTo(.308006, within(1e-6));
        assertThat(Concentration.of(List.of(new float[] {1, 0}, new float[] {1, 0})))
                .isZero();
        // No direction: one away from the origin each.
        assertThat(Concentration.of(List.of(new float[] {1, 0}, new float[] {-1, 0})))
                .isCloseTo(1 / Math.log(12), within(1e-9));
    }

    @Test
    void refusesToTellTheSpreadOfOneVector() {
        assertThatThrownBy(() -> Concentration.of(List.of(new float[] {1, 0})))
                .hasMessage("vectors: 1 (expected: at least 2)");
    }
}
