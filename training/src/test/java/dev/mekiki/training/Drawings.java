package dev.mekiki.training;

import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.training.augment.AugmenterSurfaces;
import dev.mekiki.training.corpus.CorpusBuilder;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.engine.BatchPart;
import dev.mekiki.training.engine.EngineSettings;
import dev.mekiki.training.engine.Hardware;
import dev.mekiki.training.engine.LossSettings;
import dev.mekiki.training.engine.OptimiserSettings;
import dev.mekiki.training.engine.TrainingEngine;
import dev.mekiki.training.export.ModelExport;
import dev.mekiki.training.network.NetworkSettings;
import dev.mekiki.training.network.Quadrilateral;
import dev.mekiki.training.network.TrainedNetwork;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.opencv.opencv_core.Mat;

/** Small corpora of drawn documents for tests. */
public final class Drawings {
    /** Rows and columns of the published network's input. */
    public static final int SIZE = NetworkSettings.DOCUMENTS.inputSize();

    public static final int FLOATS = NetworkSettings.DOCUMENTS.inputFloats();

    private Drawings() {}

    public static List<Mat> documents(int count) {
        return CorpusBuilder.drawDocuments(count, 5, 2);
    }

    /** Eight classes of each document, nothing else. */
    public static TrainingCorpus corpus(int documents) {
        CorpusBuilder.Mixture mixture = new CorpusBuilder.Mixture(0, 0, .5, .5, 0, 0);
        return CorpusBuilder.build(documents(documents), List.of(), mixture, 1, "drawn" + documents);
    }

    public static AugmenterSurfaces surfaces(TrainingCorpus corpus) {
        return new AugmenterSurfaces(corpus, 3);
    }

    /** What serving does with an image before the published network. */
    public static Preprocessor preprocessor() {
        return Preprocessor.of(ModelExport.input(NetworkSettings.DOCUMENTS));
    }

    /** CosFace at a small scale without margin, with pairs. */
    public static LossSettings loss() {
        return Recipe.documents().with("""
                        head: {kind: SOFTMAX, scale: 16, firstScale: 16, margin: 0, marginFrom: 0, marginTo: 0}
                        contrast: {temperature: 0.1}
                        """).lossAt(0);
    }

    /** A network that saw {@code steps} batches of {@link #stripes}; its average forgets quickly. */
    public static TrainedNetwork train(NetworkSettings network, int steps) {
        OptimiserSettings optimiser = new OptimiserSettings(.9, .99, 1e-8, .01, 5, .8);
        try (TrainingEngine engine = new TrainingEngine(
                new EngineSettings(network, 4, 1, 4, .1, 1, 0, 0, false, optimiser, Hardware.CPU, 3))) {
            for (int i = 0; i < steps; i++) {
                engine.step(Drawings::stripes, loss(), 1e-3);
            }
            return engine.averaged();
        }
    }

    public static FloatBuffer tensor(int images) {
        return ByteBuffer.allocateDirect(images * FLOATS * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    public static float[] values(FloatBuffer tensor) {
        float[] values = new float[tensor.capacity()];
        tensor.get(0, values);
        return values;
    }

    /** A batch source of four classes: stripes of two pitches in two directions, under noise. */
    public static void stripes(long step, int part, BatchPart into) {
        stripes(step, part, into.images(), into.labels());
    }

    /**
     * A batch source of four classes: a bright card of one colour of four on a dark noisy ground, somewhat turned and
     * tilted.
     */
    public static void cards(long step, int part, BatchPart into) {
        SplittableRandom random = new SplittableRandom(step * 31 + part);
        int[] labels = into.labels();
        int floats = into.images().capacity() / labels.length;
        int size = (int) Math.round(Math.sqrt(floats / 3.0));
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (i / 2 + 2 * part) % 4;
            float[] corners = {.25f, .25f, .75f, .25f, .75f, .75f, .25f, .75f};
            for (int c = 0; c < corners.length; c++) {
                corners[c] += (random.nextFloat() - .5f) * .3f;
            }
            into.corners().put(i * Quadrilateral.NUMBERS, corners);
            for (int p = 0; p < floats; p++) {
                float x = (p % size + .5f) / size;
                float y = (p / size % size + .5f) / size;
                boolean inside = isInside(corners, x, y) && (labels[i] == 3 || p / (size * size) == labels[i]);
                into.images().put(i * floats + p, (inside ? .8f : .2f) + (random.nextFloat() - .5f) * .2f);
            }
        }
    }

    private static boolean isInside(float[] corners, float x, float y) {
        for (int i = 0; i < corners.length; i += 2) {
            int next = (i + 2) % corners.length;
            float right = (corners[next] - corners[i]) * (y - corners[i + 1])
                    - (corners[next + 1] - corners[i + 1]) * (x - corners[i]);
            if (right < 0) {
                return false;
            }
        }
        return true;
    }

    /** Of any square input. */
    public static void stripes(long step, int part, FloatBuffer images, int[] labels) {
        SplittableRandom random = new SplittableRandom(step * 31 + part);
        int floats = images.capacity() / labels.length;
        int size = (int) Math.round(Math.sqrt(floats / 3.0));
        for (int i = 0; i < labels.length; i++) {
            int label = (i / 2 + 2 * part) % 4;
            labels[i] = label;
            int pitch = size / 16 * (label % 2 == 0 ? 1 : 3);
            for (int p = 0; p < floats; p++) {
                int x = p % size;
                int y = p / size % size;
                int along = label < 2 ? x : y;
                float stripe = along / pitch % 2 == 0 ? .8f : .2f;
                images.put(i * floats + p, stripe + (random.nextFloat() - .5f) * .3f);
            }
        }
    }
}
