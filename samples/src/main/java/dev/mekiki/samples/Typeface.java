package dev.mekiki.samples;

import java.util.random.RandomGenerator;
import org.bytedeco.opencv.global.opencv_imgproc;

/**
 * A stroke font with a weight.
 *
 * @param font one of OpenCV's Hershey fonts, perhaps italic
 * @param weight pen width as a share of the height of a capital, 0.04..0.35
 */
record Typeface(int font, double weight) {
    private static final int[] FONTS = {
        opencv_imgproc.FONT_HERSHEY_SIMPLEX,
        opencv_imgproc.FONT_HERSHEY_DUPLEX,
        opencv_imgproc.FONT_HERSHEY_COMPLEX,
        opencv_imgproc.FONT_HERSHEY_TRIPLEX,
        opencv_imgproc.FONT_HERSHEY_SCRIPT_SIMPLEX,
        opencv_imgproc.FONT_HERSHEY_SCRIPT_COMPLEX
    };

    static final Typeface PLAIN = new Typeface(opencv_imgproc.FONT_HERSHEY_SIMPLEX, 0.09);
    static final Typeface HEAVY = new Typeface(opencv_imgproc.FONT_HERSHEY_DUPLEX, 0.18);
    static final Typeface SCRIPT = new Typeface(opencv_imgproc.FONT_HERSHEY_SCRIPT_COMPLEX, 0.08);

    Typeface {
        if (!(weight >= 0.04 && weight <= 0.35)) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: 0.04..0.35)");
        }
    }

    /** For body text: legible when small. */
    static Typeface body(RandomGenerator random) {
        int font = FONTS[random.nextInt(4)] | (random.nextInt(6) == 0 ? opencv_imgproc.FONT_ITALIC : 0);
        return new Typeface(font, 0.07 + 0.08 * random.nextDouble());
    }

    static Typeface display(RandomGenerator random) {
        int font = FONTS[random.nextInt(FONTS.length)] | (random.nextInt(4) == 0 ? opencv_imgproc.FONT_ITALIC : 0);
        return new Typeface(font, 0.08 + 0.2 * random.nextDouble() * random.nextDouble());
    }

    /** The factor that makes capitals {@code size} pixels high: Hershey capitals are about 21 units high. */
    double scale(double size) {
        return Math.max(0.1, size / 21);
    }

    int pen(double size) {
        return Math.max(1, (int) Math.round(size * weight));
    }
}
