package dev.mekiki.training.augment;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.mekiki.training.corpus.TrainingCorpus;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * What augmenters draw from: surfaces to lay documents on and fields of noise. Costs a second to make and some 130 MB;
 * then only read, by any number of threads.
 */
public final class AugmenterSurfaces {
    private static final int BACKGROUNDS = 280;
    private static final int NOISE_SIZE = 640;

    private final BackgroundBank backgrounds;
    private final Mat colourNoise;
    private final Mat greyNoise;

    /** Draws the surfaces; a few of them show documents of {@code corpus}. */
    public AugmenterSurfaces(TrainingCorpus corpus, long seed) {
        // Images are spread over threads already.
        opencv_core.setNumThreads(1);
        List<Mat> documents = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200; i++) {
            documents.add(corpus.documentClass(random.nextInt(corpus.classCount()))
                    .images()
                    .getFirst());
        }
        backgrounds = new BackgroundBank(BACKGROUNDS, documents, random.nextLong());
        colourNoise = noise(random, false);
        greyNoise = noise(random, true);
    }

    /** Normal noise about 128 with standard deviation 32. */
    private static Mat noise(SplittableRandom random, boolean grey) {
        byte[] values = new byte[NOISE_SIZE * NOISE_SIZE * 3];
        for (int i = 0; i < values.length; i += 3) {
            for (int c = 0; c < 3; c++) {
                values[i + c] = c > 0 && grey
                        ? values[i]
                        : (byte) (int) Math.max(0, Math.min(255, 128 + 32 * random.nextGaussian()));
            }
        }
        Mat noise = new Mat(NOISE_SIZE, NOISE_SIZE, CV_8UC3);
        noise.data().put(values);
        return noise;
    }

    BackgroundBank backgrounds() {
        return backgrounds;
    }

    Mat noise(boolean grey) {
        return grey ? greyNoise : colourNoise;
    }
}
