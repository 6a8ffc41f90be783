package dev.mekiki.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RecipeTest {
    private final Recipe recipe =
            Recipe.documents().with("{schedule: {images: 128000}, network: {inputSize: 128, cropSize: 0}}");

    @Test
    void learningRateRisesThenFallsToZero() {
        assertThat(recipe.schedule().steps()).isEqualTo(1000);
        assertThat(recipe.schedule().learningRateAt(0))
                .isPositive()
                .isLessThan(recipe.schedule().learningRate() / 20);
        assertThat(recipe.schedule().learningRateAt(30))
                .isCloseTo(recipe.schedule().learningRate(), within(1e-9));
        // Half-way between the end of the warm-up and the end, the cosine stands at one half.
        assertThat(recipe.schedule().learningRateAt(515))
                .isCloseTo(recipe.schedule().learningRate() / 2, within(1e-9));
        assertThat(recipe.schedule().learningRateAt(1000)).isCloseTo(0, within(1e-12));
    }

    @Test
    void marginStartsLateAndEndsInFull() {
        assertThat(recipe.marginAt(150)).isZero();
        assertThat(recipe.marginAt(325)).isCloseTo(recipe.head().margin() / 2, within(1e-9));
        assertThat(recipe.marginAt(500)).isEqualTo(recipe.head().margin());
        assertThat(recipe.marginAt(1000)).isEqualTo(recipe.head().margin());
    }

    @Test
    void photographsGetWorseGradually() {
        assertThat(recipe.strengthAt(0)).isEqualTo(recipe.photographs().firstStrength());
        assertThat(recipe.with("photographs: {fullStrength: 0.5, fullStrengthAt: 0}")
                        .strengthAt(0))
                .isEqualTo(.5);
        assertThat(recipe.strengthAt(100)).isBetween(recipe.photographs().firstStrength(), 1.0);
        assertThat(recipe.strengthAt(350)).isEqualTo(1);
    }

    @Test
    void teachesTheLocaliserFirstWithSchedulesOfItsOwn() {
        Recipe locating = recipe.with(
                "{network: {inputSize: 128, cropSize: 64}, localiser: {images: 12800, learningRate: 0.004}}");
        assertThat(recipe.steps()).isEqualTo(1000);
        assertThat(locating.steps()).isEqualTo(1100);
        assertThat(locating.locatesAt(99)).isTrue();
        assertThat(locating.locatesAt(100)).isFalse();
        assertThat(locating.learningRateAt(3)).isCloseTo(0.004, within(1e-9));
        assertThat(locating.learningRateAt(99)).isLessThan(1e-5);
        assertThat(locating.strengthAt(99)).isEqualTo(1);
        for (long step : new long[] {0, 100, 325, 999}) {
            assertThat(locating.learningRateAt(100 + step)).isEqualTo(recipe.learningRateAt(step));
            assertThat(locating.strengthAt(100 + step)).isEqualTo(recipe.strengthAt(step));
            assertThat(locating.marginAt(100 + step)).isEqualTo(recipe.marginAt(step));
        }
    }

    @Test
    void comesBackFromItsJson() {
        assertThat(Recipe.documents().with(recipe.toJson())).isEqualTo(recipe);
    }

    @Test
    void scaleMayGrowFromASmallOne() {
        Recipe growing = recipe.with("head: {kind: ARCFACE, scale: 64, firstScale: 8, fullScaleAt: 0.5, margin: 0.5}");
        assertThat(growing.scaleAt(0)).isEqualTo(8);
        assertThat(growing.scaleAt(250)).isCloseTo(36, within(1e-9));
        assertThat(growing.scaleAt(500)).isEqualTo(64);
        assertThat(recipe.scaleAt(0)).isEqualTo(32);
    }

    @Test
    void refusesMarginsOfEachClassWhereTheHeadHasNone() {
        assertThatThrownBy(() -> recipe.with("{head: {kind: SOFTMAX, margin: 0}, clusters: {marginSpread: 0.1}}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("recipe: clusters.marginSpread: 0.1 (expected: 0 with head.kind SOFTMAX");
    }

    @Test
    void changesNothingButWhatItIsTold() {
        Recipe other = recipe.with("{seed: 3, head: {margin: 0.1}}");
        assertThat(other.seed()).isEqualTo(3);
        assertThat(other.head().margin()).isEqualTo(.1);
        assertThat(other).isNotEqualTo(recipe);
        assertThat(other.with("{seed: " + recipe.seed() + ", head: {margin: "
                        + recipe.head().margin() + "}}"))
                .isEqualTo(recipe);
    }

    @Test
    void refusesImpossibleValues() {
        assertThatThrownBy(() -> recipe.with("schedule: {images: 0}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("recipe: schedule.images: 0");
    }
}
