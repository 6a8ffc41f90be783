package dev.mekiki.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RecipeTest {
    private final Recipe recipe = Recipe.documents().withImages(128_000);

    @Test
    void learningRateRisesThenFallsToZero() {
        assertThat(recipe.steps()).isEqualTo(1000);
        assertThat(recipe.learningRateAt(0)).isPositive().isLessThan(recipe.learningRate() / 20);
        assertThat(recipe.learningRateAt(30)).isCloseTo(recipe.learningRate(), within(1e-9));
        // Half-way between the end of the warm-up and the end, the cosine stands at one half.
        assertThat(recipe.learningRateAt(515)).isCloseTo(recipe.learningRate() / 2, within(1e-9));
        assertThat(recipe.learningRateAt(1000)).isCloseTo(0, within(1e-12));
    }

    @Test
    void marginStartsLateAndEndsInFull() {
        assertThat(recipe.marginAt(150)).isZero();
        assertThat(recipe.marginAt(325)).isCloseTo(recipe.margin() / 2, within(1e-9));
        assertThat(recipe.marginAt(500)).isEqualTo(recipe.margin());
        assertThat(recipe.marginAt(1000)).isEqualTo(recipe.margin());
    }

    @Test
    void photographsGetWorseGradually() {
        assertThat(recipe.strengthAt(0)).isEqualTo(recipe.firstStrength());
        assertThat(recipe.strengthAt(100)).isBetween(recipe.firstStrength(), 1.0);
        assertThat(recipe.strengthAt(350)).isEqualTo(1);
    }

    @Test
    void comesBackFromItsJson() {
        assertThat(Recipe.fromJson(recipe.toJson())).isEqualTo(recipe);
    }

    @Test
    void namesTheFieldThatIsMissing() {
        assertThatThrownBy(() -> Recipe.fromJson(recipe.toJson().replaceFirst("\"margin\" : [^,]*,", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("margin");
    }

    @Test
    void refusesImpossibleValues() {
        assertThatThrownBy(() -> recipe.withImages(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("images: 0");
    }
}
