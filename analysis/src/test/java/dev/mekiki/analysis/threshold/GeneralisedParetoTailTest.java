package dev.mekiki.analysis.threshold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GeneralisedParetoTailTest {

    @Test
    void givesTheThresholdsWorkedByHand() {
        GeneralisedParetoTail tail = new GeneralisedParetoTail(.55, .04, -.2, .01);
        assertThat(tail.threshold(1e-3)).isCloseTo(.623809, within(1e-6));
        assertThat(tail.threshold(1e-4)).isCloseTo(.670379, within(1e-6));
        assertThat(tail.threshold(1e-5)).isCloseTo(.699762, within(1e-6));
    }

    // METHODS gives ξ→0 at ζ=.01, α=1e-4: .55 + .04·ln 100.
    @Test
    void becomesExponentialAsTheShapeVanishes() {
        double exponential = .55 + .04 * Math.log(100);
        assertThat(exponential).isCloseTo(.734207, within(1e-6));
        assertThat(new GeneralisedParetoTail(.55, .04, 0, .01).threshold(1e-4)).isCloseTo(exponential, within(1e-9));
        assertThat(new GeneralisedParetoTail(.55, .04, 1e-7, .01).threshold(1e-4))
                .isCloseTo(exponential, within(1e-6));
    }

    @Test
    void findsTheTailItWasGiven() {
        GeneralisedParetoTail truth = new GeneralisedParetoTail(.5, .05, -.15, .05);
        float[] scores = new float[40_000];
        int tail = 2_000;
        for (int i = 0; i < tail; i++) {
            scores[i] = (float) truth.threshold(.05 * (i + .5) / tail);
        }
        for (int i = tail; i < scores.length; i++) {
            scores[i] = .5f * i / scores.length;
        }
        GeneralisedParetoTail found = GeneralisedParetoTail.fit(scores, .05);
        assertThat(found.shape()).isCloseTo(-.15, within(.01));
        assertThat(found.scale()).isCloseTo(.05, within(.001));
        assertThat(found.threshold(1e-3)).isCloseTo(truth.threshold(1e-3), within(.001));
    }

    @Test
    void refusesToFitATailOfAFewScores() {
        assertThatThrownBy(() -> GeneralisedParetoTail.fit(new float[100], .05))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 10");
    }

    @Test
    void refusesRatesThatLieBeforeTheTail() {
        assertThatThrownBy(() -> new GeneralisedParetoTail(.55, .04, -.2, .01).threshold(.02))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("rate: 0.02");
    }
}
