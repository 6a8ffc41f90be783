package dev.mekiki.training.engine;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one step saw; terms that are switched off are 0.
 *
 * @param classification mean loss of the head, nats
 * @param contrast mean loss between images of a class, nats
 * @param clustering mean loss against remembered class centres, nats
 * @param aligning mean of 1 − cosine between class weights and centres
 * @param distillation mean distance to the teacher: 1 − cosine, or nats
 * @param corners mean smooth distance of found corners from true ones along an axis, in sides of the document
 * @param targetCosine mean cosine to the right class's weight
 * @param right share of images whose nearest class weight, of those the step took, is the right one
 */
public record LossParts(
        double classification,
        double contrast,
        double clustering,
        double aligning,
        double distillation,
        double corners,
        double targetCosine,
        double right) {

    /** What a step saw that taught the localiser alone. */
    static LossParts ofCorners(double corners) {
        return new LossParts(0, 0, 0, 0, 0, corners, 0, 0);
    }

    /** The mean over parts of a batch of equal size. */
    static LossParts mean(List<LossParts> parts) {
        return new LossParts(
                mean(parts, LossParts::classification),
                mean(parts, LossParts::contrast),
                mean(parts, LossParts::clustering),
                mean(parts, LossParts::aligning),
                mean(parts, LossParts::distillation),
                mean(parts, LossParts::corners),
                mean(parts, LossParts::targetCosine),
                mean(parts, LossParts::right));
    }

    private static double mean(List<LossParts> parts, ToDoubleFunction<LossParts> term) {
        return parts.stream().mapToDouble(term).average().orElseThrow();
    }

    /** Whether every term is a number. */
    boolean isFinite() {
        return Double.isFinite(classification + contrast + clustering + aligning + distillation + corners);
    }
}
