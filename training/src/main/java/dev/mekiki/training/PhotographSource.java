package dev.mekiki.training;

import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.training.augment.Augmenter;
import dev.mekiki.training.augment.AugmenterSurfaces;
import dev.mekiki.training.augment.CropAugmenter;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.corpus.TrainingCorpus.DocumentClass;
import dev.mekiki.training.engine.BatchPart;
import dev.mekiki.training.engine.TrainingEngine;
import dev.mekiki.training.network.Quadrilateral;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Draws the photographs of every batch: two of each class, each with faults of a strength of its own. What an image looks
 * like follows from the seed, the step, the part and its place alone, whichever thread draws it when.
 */
final class PhotographSource implements TrainingEngine.BatchSource {
    private final Recipe recipe;
    private final TrainingCorpus corpus;
    private final @Nullable TeacherNetwork teacher;
    private final Preprocessor preprocessor;
    private final List<ViewMaker> views = new ArrayList<>();

    PhotographSource(
            Recipe recipe,
            TrainingCorpus corpus,
            AugmenterSurfaces surfaces,
            Preprocessor preprocessor,
            @Nullable TeacherNetwork teacher) {
        this.recipe = recipe;
        this.corpus = corpus;
        this.teacher = teacher;
        this.preprocessor = preprocessor;
        for (int i = 0; i < recipe.schedule().parts(); i++) {
            views.add(viewMaker(surfaces));
        }
    }

    /** As {@link Augmenter#photograph}. */
    private interface ViewMaker {
        float[] draw(DocumentClass of, double strength, SplittableRandom random, List<Augmenter.Print> prints);
    }

    private ViewMaker viewMaker(AugmenterSurfaces surfaces) {
        return switch (recipe.photographs().kind()) {
            case PHONE -> new Augmenter(surfaces)::photograph;
            case CROPS -> {
                CropAugmenter crops = new CropAugmenter();
                yield (of, strength, random, prints) -> {
                    crops.crop(of, strength, random, prints);
                    return Quadrilateral.whole();
                };
            }
        };
    }

    @Override
    public void fill(long step, int part, BatchPart into) {
        SplittableRandom random = new SplittableRandom(mix(recipe.seed() ^ mix(step * 1024 + part)));
        double strongest = recipe.strengthAt(step);
        int[] labels = into.labels();
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
                boolean locates = recipe.locatesAt(step);
                List<Augmenter.Print> prints = new ArrayList<>();
                prints.add(new Augmenter.Print(preprocessor, into.images(), (i + view) * preprocessor.values()));
                if (teacher != null && !locates) {
                    prints.add(teachersPrint(teacher, part, i + view));
                }
                float[] corners = views.get(part).draw(corpus.documentClass(label), strength, own, prints);
                if (locates) {
                    into.corners().put((i + view) * Quadrilateral.NUMBERS, corners);
                } else {
                    teach(part, i + view, into);
                }
            }
        }
    }

    /** The flat image of a class, or one of them. */
    void flat(int label, FloatBuffer images, int offset) {
        SplittableRandom random = new SplittableRandom(mix(recipe.seed() ^ mix(~(long) label)));
        views.getFirst()
                .draw(
                        corpus.documentClass(label),
                        0,
                        random,
                        List.of(new Augmenter.Print(preprocessor, images, offset)));
    }

    private static Augmenter.Print teachersPrint(TeacherNetwork teacher, int part, int image) {
        List<FloatBuffer> inputs = teacher.inputs(part);
        return new Augmenter.Print(teacher.preprocessor(), inputs.get(image % inputs.size()), 0);
    }

    /** Asks the teacher when its inputs are full, or nothing more follows. */
    private void teach(int part, int image, BatchPart into) {
        if (teacher != null) {
            int waiting = image % teacher.inputs(part).size() + 1;
            if (waiting == teacher.inputs(part).size() || image == into.labels().length - 1) {
                teacher.embed(part, waiting, into.teacher(), image + 1 - waiting);
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
