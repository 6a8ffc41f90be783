package dev.mekiki.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.training.engine.ClusterSettings;
import dev.mekiki.training.engine.HeadSettings;
import org.junit.jupiter.api.Test;

class RecipeTest {
    private final Recipe recipe = Recipe.documents().withImages(128_000);

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
        assertThat(recipe.strengthAt(100)).isBetween(recipe.photographs().firstStrength(), 1.0);
        assertThat(recipe.strengthAt(350)).isEqualTo(1);
    }

    @Test
    void comesBackFromItsJson() {
        assertThat(Recipe.fromJson(recipe.toJson())).isEqualTo(recipe);
    }

    @Test
    void scaleMayGrowFromASmallOne() {
        HeadSettings head = new HeadSettings(HeadSettings.Kind.ARCFACE, 64, 8, .5, .5, 0, 1, .333, 1, .1);
        Recipe growing = recipe.withLosses(head, recipe.contrast(), recipe.clusters(), recipe.distillation());
        assertThat(growing.scaleAt(0)).isEqualTo(8);
        assertThat(growing.scaleAt(250)).isCloseTo(36, within(1e-9));
        assertThat(growing.scaleAt(500)).isEqualTo(64);
        assertThat(recipe.scaleAt(0)).isEqualTo(32);
    }

    @Test
    void refusesMarginsOfEachClassWhereTheHeadHasNone() {
        HeadSettings softmax = new HeadSettings(HeadSettings.Kind.SOFTMAX, 32, 32, 0, 0, 0, 0, .333, 1, .1);
        ClusterSettings guided = new ClusterSettings(.1, true, 50_000, 1, .05, .1, .2);
        assertThatThrownBy(() -> recipe.withLosses(softmax, recipe.contrast(), guided, recipe.distillation()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("clusters.marginSpread: 0.1 (expected: 0 with head.kind SOFTMAX");
    }

    @Test
    void refusesImpossibleValues() {
        assertThatThrownBy(() -> recipe.withImages(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("images: 0");
    }
}
