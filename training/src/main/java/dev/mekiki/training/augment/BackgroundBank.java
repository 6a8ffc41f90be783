package dev.mekiki.training.augment;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Surfaces that documents lie on: flat, shaded, speckled, grained, striped, chequered, and heaps of other documents.
 * Drawn once from a seed, then only read.
 */
final class BackgroundBank {
    /** Rows and columns of a surface, pixels; larger than a photograph so that each use sees another part. */
    static final int SIZE = 384;

    private final List<Mat> surfaces = new ArrayList<>();

    BackgroundBank(int count, List<Mat> documents, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            Mat surface = new Mat(SIZE, SIZE, CV_8UC3);
            try (PointerScope scope = new PointerScope()) {
                switch (i % 8) {
                    case 0 -> fill(surface, random);
                    case 1, 2 -> grain(surface, random, 1 + random.nextInt(4), 1 + random.nextInt(4));
                    case 3, 4 -> grain(surface, random, 1 + random.nextInt(2), 12 + random.nextInt(40));
                    case 5 -> pattern(surface, random);
                    default -> heap(surface, documents, random);
                }
                if (random.nextInt(3) == 0) {
                    double sigma = 0.7 + random.nextDouble() * 4;
                    opencv_imgproc.GaussianBlur(surface, surface, new Size(0, 0), sigma);
                }
            }
            surfaces.add(surface);
        }
    }

    /** Copies a random part of a random surface. */
    void draw(Mat into, SplittableRandom random) {
        Mat surface = surfaces.get(random.nextInt(surfaces.size()));
        int slack = SIZE - Augmenter.FRAME;
        Mat part = surface.apply(
                new Rect(random.nextInt(slack + 1), random.nextInt(slack + 1), Augmenter.FRAME, Augmenter.FRAME));
        int flip = random.nextInt(4);
        if (flip == 3) {
            part.copyTo(into);
        } else {
            opencv_core.flip(part, into, flip - 1);
        }
    }

    static Scalar colour(SplittableRandom random) {
        // Most table tops are dull: colours lie around a grey, a few are vivid.
        double grey = 10 + random.nextDouble() * 240;
        double spread = random.nextInt(4) == 0 ? 90 : 25;
        return new Scalar(
                clamp(grey + (random.nextDouble() - 0.6) * spread),
                clamp(grey + (random.nextDouble() - 0.5) * spread),
                clamp(grey + (random.nextDouble() - 0.4) * spread),
                0);
    }

    private static double clamp(double v) {
        return Math.max(0, Math.min(255, v));
    }

    private static void fill(Mat surface, SplittableRandom random) {
        Mat corners = new Mat(2, 2, CV_8UC3);
        byte[] values = new byte[12];
        Scalar base = colour(random);
        double spread = random.nextInt(2) == 0 ? 0 : random.nextDouble() * 80;
        for (int i = 0; i < 12; i++) {
            values[i] = (byte) clamp(base.get(i % 3) + (random.nextDouble() - 0.5) * spread);
        }
        corners.data().put(values);
        opencv_imgproc.resize(corners, surface, new Size(SIZE, SIZE), 0, 0, opencv_imgproc.INTER_LINEAR);
    }

    /** Noise of several grain sizes; stretched in one direction it looks like wood or brushed metal. */
    private static void grain(Mat surface, SplittableRandom random, int cellX, int cellY) {
        fill(surface, random);
        double strength = 8 + random.nextDouble() * 50;
        for (int octave = 0; octave < 4; octave++) {
            int w = Math.max(2, SIZE / (cellX << octave));
            int h = Math.max(2, SIZE / (cellY << octave));
            Mat noise = new Mat(h, w, CV_8UC1);
            byte[] values = new byte[w * h];
            for (int i = 0; i < values.length; i++) {
                values[i] = (byte) random.nextInt(256);
            }
            noise.data().put(values);
            Mat large = new Mat();
            opencv_imgproc.resize(noise, large, new Size(SIZE, SIZE), 0, 0, opencv_imgproc.INTER_CUBIC);
            if (random.nextBoolean() && octave == 3) {
                opencv_core.rotate(large, large, opencv_core.ROTATE_90_CLOCKWISE);
            }
            Mat three = new Mat();
            opencv_imgproc.cvtColor(large, three, opencv_imgproc.COLOR_GRAY2BGR);
            double weight = strength * (1 + octave) / 4 / 128;
            opencv_core.addWeighted(surface, 1, three, weight, -weight * 128, surface);
        }
        if (random.nextBoolean()) {
            opencv_core.rotate(surface, surface, opencv_core.ROTATE_90_CLOCKWISE);
        }
    }

    private static void pattern(Mat surface, SplittableRandom random) {
        fill(surface, random);
        int pitch = 6 + random.nextInt(60);
        int width = 1 + random.nextInt(Math.max(1, pitch / 2));
        Scalar ink = colour(random);
        boolean both = random.nextBoolean();
        double slant = (random.nextDouble() - 0.5) * SIZE;
        for (int p = -SIZE; p < 2 * SIZE; p += pitch) {
            opencv_imgproc.line(
                    surface,
                    new Point(p, 0),
                    new Point((int) (p + slant), SIZE),
                    ink,
                    width,
                    opencv_imgproc.LINE_AA,
                    0);
            if (both) {
                opencv_imgproc.line(
                        surface,
                        new Point(0, p),
                        new Point(SIZE, (int) (p - slant)),
                        ink,
                        width,
                        opencv_imgproc.LINE_AA,
                        0);
            }
        }
    }

    private static void heap(Mat surface, List<Mat> documents, SplittableRandom random) {
        grain(surface, random, 1 + random.nextInt(3), 1 + random.nextInt(20));
        int count = 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            Mat document = documents.get(random.nextInt(documents.size()));
            double scale = (0.5 + random.nextDouble() * 1.2);
            double angle = random.nextDouble() * 360;
            Mat turn = opencv_imgproc.getRotationMatrix2D(
                    new org.bytedeco.opencv.opencv_core.Point2f(document.cols() / 2f, document.rows() / 2f),
                    angle,
                    scale);
            turn.ptr(0, 2).putDouble(turn.ptr(0, 2).getDouble() + random.nextDouble() * SIZE - document.cols() / 2.0);
            turn.ptr(1, 2).putDouble(turn.ptr(1, 2).getDouble() + random.nextDouble() * SIZE - document.rows() / 2.0);
            opencv_imgproc.warpAffine(
                    document,
                    surface,
                    turn,
                    new Size(SIZE, SIZE),
                    opencv_imgproc.INTER_LINEAR,
                    opencv_core.BORDER_TRANSPARENT,
                    new Scalar(0, 0, 0, 0));
        }
    }
}
