package dev.mekiki.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.training.augment.Augmenter;
import dev.mekiki.training.corpus.TrainingCorpus;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

/** What the trainer feeds its network is what serving feeds it. */
class PreprocessingTest {
    private static final int SIZE = Drawings.SIZE;
    private static final int PLANE = SIZE * SIZE;

    @Test
    void servingMakesTheTrainersTensorOfAnImageFile() {
        TrainingCorpus corpus = Drawings.corpus(2);
        FloatBuffer trained = Drawings.tensor(1);
        FloatBuffer served = Drawings.tensor(1);
        Augmenter augmenter = new Augmenter(Drawings.surfaces(corpus));
        for (int document = 0; document < 2; document++) {
            Mat flat = corpus.documentClass(document).images().getFirst();
            augmenter.photograph(
                    corpus.documentClass(document),
                    0,
                    new SplittableRandom(1),
                    List.of(new Augmenter.Print(Drawings.preprocessor(), trained, 0)));
            try (DecodedImage decoded = new ImageDecoder(ImageLimits.DEFAULT, 2 * SIZE).decode(png(flat))) {
                Drawings.preprocessor().write(decoded.bgr(), decoded.extent(), served, 0);
            }
            assertThat(Drawings.values(served)).isEqualTo(Drawings.values(trained));
        }
    }

    @Test
    void pixelsBecomeMeansOfTheirPatchInRedGreenBlueOrder() {
        // Blue 0, green grows to the right, red grows downwards: each output pixel is the mean of two by two.
        int side = 2 * SIZE;
        byte[] pixels = new byte[side * side * 3];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                pixels[3 * (side * y + x) + 1] = (byte) ((x + 1) / 2);
                pixels[3 * (side * y + x) + 2] = (byte) ((y + 1) / 2);
            }
        }
        Mat ramps = new Mat(side, side, opencv_core.CV_8UC3);
        ramps.data().put(pixels);
        FloatBuffer tensor = Drawings.tensor(1);
        Drawings.preprocessor().write(ramps, tensor, 0);
        for (int y = 0; y < SIZE; y += 9) {
            for (int x = 0; x < SIZE; x += 7) {
                int at = SIZE * y + x;
                assertThat(tensor.get(at)).isCloseTo((y + .5f) / 255, within(1e-5f));
                assertThat(tensor.get(PLANE + at)).isCloseTo((x + .5f) / 255, within(1e-5f));
                assertThat(tensor.get(2 * PLANE + at)).isZero();
            }
        }
    }

    private static byte[] png(Mat image) {
        try (BytePointer out = new BytePointer()) {
            opencv_imgcodecs.imencode(".png", image, out);
            byte[] bytes = new byte[(int) out.limit()];
            out.get(bytes);
            return bytes;
        }
    }
}
