package dev.mekiki.training;

import dev.mekiki.training.augment.Augmenter;
import dev.mekiki.training.augment.AugmenterSurfaces;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.engine.TrainingEngine;
import dev.mekiki.training.network.LcNet;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Draws the photographs of every batch: two of each class, each with faults of a strength of its own. What an image looks
 * like follows from the seed, the step, the part and its place alone, whichever thread draws it when.
 */
final class PhotographSource implements TrainingEngine.BatchSource {
    private static final int FLOATS = 3 * LcNet.INPUT_SIZE * LcNet.INPUT_SIZE;

    private final Recipe recipe;
    private final TrainingCorpus corpus;
    private final List<Augmenter> augmenters = new ArrayList<>();

    PhotographSource(Recipe recipe, TrainingCorpus corpus, AugmenterSurfaces surfaces) {
        this.recipe = recipe;
        this.corpus = corpus;
        for (int i = 0; i < recipe.parts(); i++) {
            augmenters.add(new Augmenter(surfaces));
        }
    }

    @Override
    public void fill(long step, int part, FloatBuffer images, int[] labels) {
        SplittableRandom random = new SplittableRandom(mix(recipe.seed() ^ mix(step * 1024 + part)));
        double strongest = recipe.strengthAt(step);
        Set<Integer> drawn = new HashSet<>();
        for (int i = 0; i < labels.length; i += 2) {
            int label = corpus.draw(random);
            // A class twice in a part would be its own negative. Few classes: accept it.
            for (int attempt = 0; attempt < 8 && !drawn.add(label); attempt++) {
                label = corpus.draw(random);
            }
            for (int view = 0; view < 2; view++) {
                labels[i + view] = label;
                SplittableRandom own = random.split();
                double strength = own.nextInt(16) == 0 ? 0 : strongest * Math.pow(own.nextDouble(), 0.7);
                augmenters
                        .get(part)
                        .photograph(corpus.documentClass(label), strength, own, images, (i + view) * FLOATS);
            }
        }
    }

    /** The finaliser of SplitMix64: neighbouring steps get unrelated seeds. */
    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
        return b ^ (b >>> 31);
    }
}
