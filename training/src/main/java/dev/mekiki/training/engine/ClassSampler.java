package dev.mekiki.training.engine;

import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * Which classes a step takes: those of its images, and others at random without repetition until there are enough. As
 * PartialFC's top ⌊rC⌋ of uniform numbers with 2 for positives (Source: An et al., arXiv 2203.15565, METHODS §1 [S]),
 * without drawing a number for each class.
 */
final class ClassSampler {

    private ClassSampler() {}

    /**
     * Draws the classes.
     *
     * @param positives classes of the images, repetitions allowed
     * @param classes how many there are
     * @param wanted how many to take; all positives even if they are more
     * @return ascending
     */
    static int[] sample(Iterable<int[]> positives, int classes, int wanted, SplittableRandom random) {
        BitSet taken = new BitSet(classes);
        for (int[] part : positives) {
            for (int label : part) {
                taken.set(label);
            }
        }
        int missing = wanted - taken.cardinality();
        if (missing <= 0) {
            return taken.stream().toArray();
        }
        // The rest is a sample of the classes that are left: drawn with repetitions refused while few are taken, and as
        // the complement of such a sample otherwise, so that the time follows what is drawn.
        int left = classes - taken.cardinality();
        if (missing <= left / 2) {
            draw(taken, classes, missing, random);
            return taken.stream().toArray();
        }
        BitSet refused = (BitSet) taken.clone();
        draw(refused, classes, left - missing, random);
        refused.andNot(taken);
        BitSet all = new BitSet(classes);
        all.set(0, classes);
        all.andNot(refused);
        return all.stream().toArray();
    }

    private static void draw(BitSet taken, int classes, int count, SplittableRandom random) {
        for (int drawn = 0; drawn < count; ) {
            int c = random.nextInt(classes);
            if (!taken.get(c)) {
                taken.set(c);
                drawn++;
            }
        }
    }
}
