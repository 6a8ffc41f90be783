package dev.mekiki.training.engine;

/**
 * What the loss of one step is made of.
 *
 * @param scale factor on the cosines at this step, positive
 * @param marginShare how much of the margin, and of its spread between classes, is in force, 0..1
 */
public record LossSettings(
        HeadSettings head,
        double scale,
        double marginShare,
        ContrastSettings contrast,
        ClusterSettings clusters,
        DistillationSettings distillation) {

    public LossSettings {
        Ranges.require("marginShare", marginShare, 0, 1);
        if (clusters.marginSpread() > 0
                && head.kind() != HeadSettings.Kind.ARCFACE
                && head.kind() != HeadSettings.Kind.COSFACE) {
            throw new IllegalArgumentException("clusters.marginSpread: " + clusters.marginSpread()
                    + " (expected: 0 with head.kind " + head.kind() + ", which has no margin of each class)");
        }
        if (clusters.marginSpread() > head.margin()) {
            throw new IllegalArgumentException("clusters.marginSpread: " + clusters.marginSpread()
                    + " (expected: at most head.margin, " + head.margin() + ", so that no margin is negative)");
        }
    }

    /** The head's margin at this step. */
    double margin() {
        return head.margin() * marginShare;
    }
}
