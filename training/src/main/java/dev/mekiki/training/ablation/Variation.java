package dev.mekiki.training.ablation;

import dev.mekiki.training.Recipe;
import dev.mekiki.training.corpus.ClassSettings;
import dev.mekiki.training.engine.DistillationSettings;
import dev.mekiki.training.network.Neck;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One choice to be compared.
 *
 * @param name lower-case, digits and hyphens: a folder's name, and a row's
 * @param recipe all of it, but for the seed
 */
public record Variation(String name, Recipe recipe) {

    private static final String ARCFACE = "head: {kind: ARCFACE, margin: 0.5}";

    public Variation {
        if (!name.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException(
                    "name: \"" + name + "\" (expected: lower-case letters, digits and hyphens)");
        }
    }

    /**
     * What is varied: the recipe for documents, but so that it learns something from random weights within a small budget.
     * No localiser, which would take most of it; a small backbone on small images; each image a class; photographs that
     * get worse up to the end; and four times the rate, which was the best of five for CosFace.
     *
     * @param images the budget of each run
     */
    public static Recipe base(long images) {
        return Recipe.documents().with("""
                network: {backbone: LCNET_025, inputSize: 96, cropSize: 0}
                classes: {kind: IMAGES}
                photographs: {firstStrength: 0.1, fullStrengthAt: 1}
                schedule: {images: %d, learningRate: 0.008}
                """.formatted(images));
    }

    /**
     * Heads, cluster guidance with and without each term, contrast, distillation, necks and classes, each the base but for
     * what its name says. Margins are those of METHODS §1 and §2, where the published recipe has none.
     *
     * @param base with the budget of every run
     */
    public static List<Variation> all(Recipe base) {
        List<Variation> all = new ArrayList<>();
        all.add(new Variation("cosface", base));
        all.add(new Variation("softmax", base.with("head: {kind: SOFTMAX, margin: 0}")));
        all.add(new Variation("arcface", base.with(ARCFACE)));
        all.add(new Variation("adaface", base.with("head: {kind: ADAFACE, margin: 0.4}")));
        // λ₁, λ₂, τ and ρ as METHODS §2 starts with them.
        Recipe guided = base.with(ARCFACE)
                .with("clusters: {marginSpread: 0.1, clusteringWeight: 1, aligningWeight: 0.1, epochImages: "
                        + Math.max(base.schedule().batch(), base.schedule().images() / 10) + "}");
        all.add(new Variation("cluster-guided", guided));
        all.add(new Variation("cluster-guided-equal-margins", guided.with("clusters: {marginSpread: 0}")));
        all.add(new Variation("cluster-guided-no-clustering", guided.with("clusters: {clusteringWeight: 0}")));
        all.add(new Variation("cluster-guided-no-aligning", guided.with("clusters: {aligningWeight: 0}")));
        all.add(new Variation("no-contrast", base.with("contrast: {weight: 0}")));
        all.add(new Variation("supcon", base.with("contrast: {kind: SUPCON}")));
        for (DistillationSettings.Kind kind : DistillationSettings.Kind.values()) {
            all.add(of("distilled-", kind, base.with("distillation: {weight: 1, kind: " + kind + "}")));
        }
        for (Neck neck : List.of(Neck.LN_BN, Neck.LN, Neck.BN, Neck.GLOBAL_AVERAGE)) {
            all.add(of("neck-", neck, base.with("network: {neck: " + neck + "}")));
        }
        for (ClassSettings.Kind kind : List.of(ClassSettings.Kind.VARIANTS, ClassSettings.Kind.MIXTURE)) {
            all.add(of("classes-", kind, base.with("classes: {kind: " + kind + "}")));
        }
        return List.copyOf(all);
    }

    private static Variation of(String prefix, Enum<?> choice, Recipe recipe) {
        return new Variation(prefix + choice.name().toLowerCase(Locale.ROOT).replace('_', '-'), recipe);
    }

    /** Whether a teacher takes part. */
    boolean taught() {
        return recipe.distillation().weight() > 0;
    }
}
