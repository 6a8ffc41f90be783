package dev.mekiki.training.engine;

/**
 * What one step saw.
 *
 * @param classification mean CosFace loss, nats
 * @param contrast mean loss between two views, nats; 0 when switched off
 * @param targetCosine mean cosine to the right class's weight
 * @param right share of images whose nearest class weight is the right one
 */
public record LossParts(double classification, double contrast, double targetCosine, double right) {

    /** The mean over parts of a batch of equal size. */
    static LossParts mean(java.util.List<LossParts> parts) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        for (LossParts p : parts) {
            a += p.classification;
            b += p.contrast;
            c += p.targetCosine;
            d += p.right;
        }
        int n = parts.size();
        return new LossParts(a / n, b / n, c / n, d / n);
    }
}
