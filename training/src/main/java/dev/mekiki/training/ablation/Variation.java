package dev.mekiki.training.ablation;

import dev.mekiki.training.Recipe;
import dev.mekiki.training.corpus.ClassSettings;
import dev.mekiki.training.engine.ClusterSettings;
import dev.mekiki.training.engine.ContrastSettings;
import dev.mekiki.training.engine.DistillationSettings;
import dev.mekiki.training.engine.HeadSettings;
import dev.mekiki.training.network.Neck;
import dev.mekiki.training.network.NetworkSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One choice to be compared.
 *
 * @param name lower-case, digits and hyphens: a folder's name, and a row's
 * @param recipe all of it, but for the seed
 * @param taught whether a teacher takes part
 */
public record Variation(String name, Recipe recipe, boolean taught) {

    public Variation {
        if (!name.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException(
                    "name: \"" + name + "\" (expected: lower-case letters, digits and hyphens)");
        }
    }

    /**
     * Heads, cluster guidance with and without each term, contrast, distillation, necks and classes, each the published
     * recipe but for what its name says. Margins are those of METHODS §1 and §2, where the published recipe has none.
     *
     * @param images budget of every run
     */
    public static List<Variation> all(long images) {
        Recipe base = Recipe.documents().withImages(images);
        HeadSettings cos = base.head();
        ContrastSettings pairs = base.contrast();
        HeadSettings arc = head(cos, HeadSettings.Kind.ARCFACE, 0.5);
        long epoch = Math.max(base.schedule().batch(), images / 10);
        List<Variation> all = new ArrayList<>();
        all.add(new Variation("cosface", base, false));
        all.add(losses("softmax", base, head(cos, HeadSettings.Kind.SOFTMAX, 0), pairs, base.clusters()));
        all.add(losses("arcface", base, arc, pairs, base.clusters()));
        all.add(losses("adaface", base, head(cos, HeadSettings.Kind.ADAFACE, 0.4), pairs, base.clusters()));
        all.add(losses("cluster-guided", base, arc, pairs, clusters(epoch, 0.1, 1, 0.1)));
        all.add(losses("cluster-guided-equal-margins", base, arc, pairs, clusters(epoch, 0, 1, 0.1)));
        all.add(losses("cluster-guided-no-clustering", base, arc, pairs, clusters(epoch, 0.1, 0, 0.1)));
        all.add(losses("cluster-guided-no-aligning", base, arc, pairs, clusters(epoch, 0.1, 1, 0)));
        all.add(losses("no-contrast", base, cos, contrast(pairs, pairs.kind(), 0), base.clusters()));
        all.add(losses(
                "supcon", base, cos, contrast(pairs, ContrastSettings.Kind.SUPCON, pairs.weight()), base.clusters()));
        for (DistillationSettings.Kind kind : DistillationSettings.Kind.values()) {
            all.add(new Variation(
                    "distilled-" + kind.name().toLowerCase(Locale.ROOT),
                    base.withLosses(cos, pairs, base.clusters(), new DistillationSettings(kind, 1, 0.05)),
                    true));
        }
        for (Neck neck : List.of(Neck.LN_BN, Neck.LN, Neck.BN, Neck.GLOBAL_AVERAGE)) {
            NetworkSettings n = base.network();
            all.add(new Variation(
                    "neck-" + neck.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    base.withNetwork(new NetworkSettings(n.backbone(), neck, n.inputSize(), n.dimension())),
                    false));
        }
        for (ClassSettings.Kind kind : List.of(ClassSettings.Kind.IMAGES, ClassSettings.Kind.VARIANTS)) {
            ClassSettings c = base.classes();
            all.add(new Variation(
                    "classes-" + kind.name().toLowerCase(Locale.ROOT),
                    base.withClasses(new ClassSettings(kind, c.mixture(), c.drawnDocuments())),
                    false));
        }
        return List.copyOf(all);
    }

    private static Variation losses(
            String name, Recipe base, HeadSettings head, ContrastSettings contrast, ClusterSettings clusters) {
        return new Variation(name, base.withLosses(head, contrast, clusters, base.distillation()), false);
    }

    private static HeadSettings head(HeadSettings base, HeadSettings.Kind kind, double margin) {
        return new HeadSettings(
                kind,
                base.scale(),
                base.firstScale(),
                base.fullScaleAt(),
                margin,
                base.marginFrom(),
                base.marginTo(),
                base.normSpread(),
                base.classShare(),
                base.classDeviation());
    }

    private static ContrastSettings contrast(ContrastSettings base, ContrastSettings.Kind kind, double weight) {
        return new ContrastSettings(kind, weight, base.temperature());
    }

    /** λ₁, λ₂, τ and ρ as METHODS §2 starts with them. */
    private static ClusterSettings clusters(long epoch, double spread, double clustering, double aligning) {
        return new ClusterSettings(spread, true, epoch, clustering, 0.05, aligning, 0.2);
    }
}
