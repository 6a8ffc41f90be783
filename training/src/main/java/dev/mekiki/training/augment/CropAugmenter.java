package dev.mekiki.training.augment;

import dev.mekiki.training.corpus.TrainingCorpus.DocumentClass;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;

/**
 * Cuts a part out of an image, mirrors it half the time, and changes its colours: what contrastive learning of natural
 * pictures sees of one image (Chen et al. 2020, <i>A Simple Framework for Contrastive Learning of Visual
 * Representations</i>, appendix A, with the colours of its CIFAR-10 experiments, appendix B.9). Pictures of few pixels,
 * which a simulated phone would blur beyond recognition, keep what they show.
 *
 * <p>The result depends on the image, the strength and the random numbers alone. One thread at a time.
 */
public final class CropAugmenter {

    /** Of the image's area, at full strength. */
    private static final double SMALLEST_SHARE = 0.2;

    private static final double WIDEST = 4.0 / 3;
    private static final double JITTER = 0.4;
    private static final double HUE_TURN = 0.1;

    private static final double[] GREY = {0.114, 0.587, 0.299};

    /**
     * Draws one view of an image into the inputs of one network or several.
     *
     * @param strength 0 (the image itself, exactly as serving sees it) to 1
     */
    public void crop(DocumentClass of, double strength, SplittableRandom random, List<Augmenter.Print> prints) {
        if (!(strength >= 0 && strength <= 1)) {
            throw new IllegalArgumentException("strength: " + strength + " (expected: 0..1)");
        }
        try (PointerScope scope = new PointerScope()) {
            Mat image = of.image(random);
            Mat view = image;
            if (strength > 0) {
                view = new Mat();
                opencv_imgproc.resize(
                        image.apply(part(image, strength, random)),
                        view,
                        image.size(),
                        0,
                        0,
                        opencv_imgproc.INTER_LINEAR);
                if (random.nextBoolean()) {
                    Mat mirrored = new Mat();
                    opencv_core.flip(view, mirrored, 1);
                    view = mirrored;
                }
                if (random.nextDouble() < 0.8) {
                    view = recoloured(view, strength, random);
                }
                if (random.nextDouble() < 0.2 * strength) {
                    view = mixed(view, 0, 0);
                }
            }
            Augmenter.write(Augmenter.turned(view, of.turn()), prints);
        }
    }

    private static Rect part(Mat image, double strength, SplittableRandom random) {
        double share = 1 - strength * (1 - SMALLEST_SHARE) * random.nextDouble();
        double aspect = Math.exp(strength * Math.log(WIDEST) * (2 * random.nextDouble() - 1));
        int width = (int) Math.round(Math.min(1, Math.sqrt(share * aspect)) * image.cols());
        int height = (int) Math.round(Math.min(1, Math.sqrt(share / aspect)) * image.rows());
        int x = random.nextInt(image.cols() - Math.max(1, width) + 1);
        int y = random.nextInt(image.rows() - Math.max(1, height) + 1);
        return new Rect(x, y, Math.max(1, width), Math.max(1, height));
    }

    /** Brightness, contrast, saturation and hue, one after the other. */
    private static Mat recoloured(Mat view, double strength, SplittableRandom random) {
        double brightness = 1 + strength * JITTER * (2 * random.nextDouble() - 1);
        double contrast = 1 + strength * JITTER * (2 * random.nextDouble() - 1);
        double saturation = 1 + strength * JITTER * (2 * random.nextDouble() - 1);
        double turn = strength * HUE_TURN * (2 * random.nextDouble() - 1);
        Mat toned = new Mat();
        double middle = opencv_core.mean(view).get(1) * brightness;
        view.convertTo(toned, -1, brightness * contrast, middle * (1 - contrast));
        return mixed(toned, saturation, turn);
    }

    /**
     * Turns colours about the grey axis and stretches them away from it.
     *
     * @param saturation 0 leaves grey
     * @param turn of hue, in whole turns
     */
    private static Mat mixed(Mat view, double saturation, double turn) {
        double cosine = saturation * Math.cos(2 * Math.PI * turn);
        double sine = saturation * Math.sin(2 * Math.PI * turn) / Math.sqrt(3);
        FloatPointer values = new FloatPointer(9L);
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                // The rotation of what is left without grey; (column - row) mod 3 is the sense about the axis.
                double across = row == column ? 0 : (column - row + 3) % 3 == 1 ? -1 : 1;
                values.put(3L * row + column, (float)
                        (GREY[column] + cosine * ((row == column ? 1 : 0) - GREY[column]) + sine * across));
            }
        }
        Mat mixed = new Mat();
        opencv_core.transform(view, mixed, new Mat(3, 3, opencv_core.CV_32FC1, values));
        return mixed;
    }
}
