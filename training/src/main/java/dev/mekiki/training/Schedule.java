package dev.mekiki.training;

/**
 * How long and how fast.
 *
 * @param images planned images, at least one batch; the learning rate reaches zero with the last
 * @param parts parts of a batch computed side by side: about one per core, 1 on a GPU; changes the result
 * @param partSize images of a part, even, 2..65,536
 * @param learningRate highest learning rate, above 0 to 1
 * @param warmUp share of the images over which the learning rate rises from zero, 0..0.9
 * @param checkpointSteps optimiser steps between checkpoints, 1..1,000,000
 */
public record Schedule(long images, int parts, int partSize, double learningRate, double warmUp, int checkpointSteps) {

    public Schedule {
        Recipe.require("images", images, 1, 1e12);
        Recipe.require("parts", parts, 1, 1024);
        Recipe.require("partSize", partSize, 2, 65_536);
        if (partSize % 2 != 0) {
            throw new IllegalArgumentException(
                    "partSize: " + partSize + " (expected: even, two photographs of a class)");
        }
        Recipe.require("learningRate", learningRate, 1e-9, 1);
        Recipe.require("warmUp", warmUp, 0, 0.9);
        Recipe.require("checkpointSteps", checkpointSteps, 1, 1_000_000);
    }

    /** Images of one optimiser step. */
    public int batch() {
        return parts * partSize;
    }

    /** Optimiser steps of the whole run. */
    public long steps() {
        return Math.max(1, images / batch());
    }

    /** Which share of the run lies before a step, 0..1. */
    public double share(long step) {
        return Math.min(1, (double) step / steps());
    }

    /** Learning rate of a step: rises linearly, then falls along half a cosine to zero. */
    public double learningRateAt(long step) {
        double share = share(step);
        if (share < warmUp) {
            return learningRate * (share + 1.0 / steps()) / (warmUp + 1.0 / steps());
        }
        return learningRate * 0.5 * (1 + Math.cos(Math.PI * (share - warmUp) / (1 - warmUp)));
    }
}
