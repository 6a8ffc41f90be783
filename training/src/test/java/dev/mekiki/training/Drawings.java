package dev.mekiki.training;

import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.training.augment.AugmenterSurfaces;
import dev.mekiki.training.corpus.CorpusBuilder;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.network.LcNet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.opencv.opencv_core.Mat;

/** Small corpora of drawn documents for tests. */
public final class Drawings {
    public static final int FLOATS = 3 * 128 * 128;

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
        return new AugmenterSurfaces(corpus, Preprocessor.of(TrainingRun.INPUT), 3);
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
    public static void stripes(long step, int part, FloatBuffer images, int[] labels) {
        SplittableRandom random = new SplittableRandom(step * 31 + part);
        for (int i = 0; i < labels.length; i++) {
            int label = (i / 2 + 2 * part) % 4;
            labels[i] = label;
            int pitch = label % 2 == 0 ? 8 : 24;
            for (int p = 0; p < FLOATS; p++) {
                int x = p % LcNet.INPUT_SIZE;
                int y = p / LcNet.INPUT_SIZE % LcNet.INPUT_SIZE;
                int along = label < 2 ? x : y;
                float stripe = along / pitch % 2 == 0 ? .8f : .2f;
                images.put(i * FLOATS + p, stripe + (random.nextFloat() - .5f) * .3f);
            }
        }
    }
}
