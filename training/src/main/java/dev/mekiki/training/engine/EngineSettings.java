package dev.mekiki.training.engine;

import dev.mekiki.training.network.NetworkSettings;

/**
 * What a training engine is built for.
 *
 * @param classes how many classes the head tells apart, at least 2
 * @param parts how many replicas work side by side: about one per core, 1 on a GPU
 * @param partSize images of a part, even, at least 2
 * @param classDeviation standard deviation of the class weights at the start
 * @param classShare share of the classes that a step takes, above 0 to 1
 * @param teacherDimension length of the vectors that the student is drawn to, 0 without a teacher
 * @param localiserSteps how many steps, the first ones, teach the network's localiser; the others leave it alone and teach
 *     the rest; 0 without one
 * @param centres whether class centres are remembered, which cluster-guided losses need
 * @param seed of the first weights and of the classes that a step takes
 */
public record EngineSettings(
        NetworkSettings network,
        int classes,
        int parts,
        int partSize,
        double classDeviation,
        double classShare,
        int teacherDimension,
        long localiserSteps,
        boolean centres,
        OptimiserSettings optimiser,
        Hardware hardware,
        long seed) {

    public EngineSettings {
        if (classes < 2) {
            throw new IllegalArgumentException("classes: " + classes + " (expected: at least 2)");
        }
        if (parts < 1 || parts > 1024) {
            throw new IllegalArgumentException("parts: " + parts + " (expected: 1..1024)");
        }
        if (partSize < 2 || partSize % 2 != 0) {
            throw new IllegalArgumentException("partSize: " + partSize + " (expected: an even number, at least 2)");
        }
        Ranges.require("classDeviation", classDeviation, 1e-6, 10);
        Ranges.require("classShare", classShare, 1e-6, 1);
        Ranges.require("teacherDimension", teacherDimension, 0, 65_536);
        if (localiserSteps < 0 || localiserSteps > 0 && !network.localises()) {
            throw new IllegalArgumentException("localiserSteps: " + localiserSteps + " (expected: "
                    + (network.localises() ? "at least 0" : "0 without a localiser") + ")");
        }
        // What a Java array holds; weights are read into one for a checkpoint.
        long most = (Integer.MAX_VALUE - 100_000_000L) / network.dimension();
        if (classes > most) {
            throw new IllegalArgumentException("classes: " + classes + " (expected: at most " + most + " of dimension "
                    + network.dimension() + ")");
        }
    }

    /** Most classes that one step takes. */
    int classesOfAStep() {
        int share = (int) Math.floor(classShare * classes + 1e-9);
        return Math.min(classes, Math.max(share, parts * partSize));
    }
}
