package dev.mekiki.training.augment;

import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.training.corpus.TrainingCorpus.DocumentClass;
import dev.mekiki.training.corpus.Turn;
import dev.mekiki.training.network.Quadrilateral;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Point2f;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Photographs a flat document as a hand would: askew, on some surface, badly lit, out of focus, noisy, compressed; then
 * shrinks it to the network's input as serving does.
 *
 * <p>The result depends on the document, the strength and the random numbers alone. One thread at a time; the surfaces
 * ({@link AugmenterSurfaces}) are shared.
 */
public final class Augmenter {
    /** Rows and columns of the photograph before it is shrunk to the network's input, pixels. */
    static final int FRAME = 192;

    /** Rows and columns of the maps of light, pixels: shadows need edges, but not sharper ones. */
    private static final int MAP = 64;

    private final AugmenterSurfaces surfaces;
    private final Mat frame = new Mat(FRAME, FRAME, CV_8UC3);
    private final Mat other = new Mat();
    private final Mat map = new Mat(MAP, MAP, CV_8UC3);
    private final Mat largeMap = new Mat();
    private final Mat small = new Mat();
    private final Mat table = new Mat(1, 256, CV_8UC3);
    private final Mat half = new Mat();
    private final byte[] mapValues = new byte[MAP * MAP * 3];
    private final float[] gain = new float[MAP * MAP];
    private final byte[] tableValues = new byte[256 * 3];

    /** An augmenter over shared surfaces. */
    public Augmenter(AugmenterSurfaces surfaces) {
        this.surfaces = surfaces;
    }

    /**
     * Where a photograph goes.
     *
     * @param preprocessor of the network that will see it; the one that serving uses
     * @param tensor its input
     * @param offset index of the first float
     */
    public record Print(Preprocessor preprocessor, FloatBuffer tensor, int offset) {}

    /**
     * Draws one photograph into the inputs of one network or several.
     *
     * @param strength 0 (the flat document itself, exactly as serving sees it) to 1 (everything up to its worst)
     * @return where the document lies in the photograph, a {@link dev.mekiki.training.network.Quadrilateral}
     */
    public float[] photograph(DocumentClass document, double strength, SplittableRandom random, List<Print> prints) {
        if (!(strength >= 0 && strength <= 1)) {
            throw new IllegalArgumentException("strength: " + strength + " (expected: 0..1)");
        }
        try (PointerScope scope = new PointerScope()) {
            Mat image = document.image(random);
            if (strength == 0) {
                write(turned(image, document.turn()), prints);
                return Quadrilateral.whole();
            }
            float[] corners = place(image, document.turn(), strength, random);
            light(strength, random);
            blur(strength, random);
            capture(strength, random);
            write(small, prints);
            return corners;
        }
    }

    static void write(Mat photograph, List<Print> prints) {
        for (Print print : prints) {
            print.preprocessor().write(photograph, print.tensor(), print.offset());
        }
    }

    static Mat turned(Mat flat, Turn turn) {
        Mat image = flat;
        if (turn.mirrored()) {
            Mat mirrored = new Mat();
            opencv_core.flip(image, mirrored, 1);
            image = mirrored;
        }
        if (turn.quarters() > 0) {
            int[] turns = {
                opencv_core.ROTATE_90_CLOCKWISE, opencv_core.ROTATE_180, opencv_core.ROTATE_90_COUNTERCLOCKWISE
            };
            Mat rotated = new Mat();
            opencv_core.rotate(image, rotated, turns[turn.quarters() - 1]);
            image = rotated;
        }
        return image;
    }

    private static double between(SplittableRandom random, double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    private static boolean chance(SplittableRandom random, double probability) {
        return random.nextDouble() < probability;
    }

    /** Lays the document on a surface, seen from somewhere above it. */
    private float[] place(Mat image, Turn turn, double strength, SplittableRandom random) {
        double width = turn.swapsSides() ? image.rows() : image.cols();
        double height = turn.swapsSides() ? image.cols() : image.rows();
        double diagonal = Math.hypot(width, height);
        double[] x = {-width / 2, width / 2, width / 2, -width / 2};
        double[] y = {-height / 2, -height / 2, height / 2, height / 2};

        double roll = Math.toRadians(
                strength * (chance(random, 0.85) ? between(random, -1, 1) * 20 : between(random, -1, 1) * 36));
        double tilt = Math.toRadians(strength * between(random, 0, 38) * Math.sqrt(random.nextDouble()));
        double towards = random.nextDouble() * 2 * Math.PI;
        double distance = diagonal * between(random, 1.1, 3);
        for (int i = 0; i < 4; i++) {
            double px = x[i] * Math.cos(roll) - y[i] * Math.sin(roll);
            double py = x[i] * Math.sin(roll) + y[i] * Math.cos(roll);
            // Tilting about the axis at right angles to "towards" moves points along it nearer or farther.
            double along = px * Math.cos(towards) + py * Math.sin(towards);
            double across = -px * Math.sin(towards) + py * Math.cos(towards);
            double depth = distance + along * Math.sin(tilt);
            double scale = distance / depth;
            along *= Math.cos(tilt) * scale;
            across *= scale;
            x[i] = along * Math.cos(towards) - across * Math.sin(towards);
            y[i] = along * Math.sin(towards) + across * Math.cos(towards);
        }
        double left = Math.min(Math.min(x[0], x[1]), Math.min(x[2], x[3]));
        double right = Math.max(Math.max(x[0], x[1]), Math.max(x[2], x[3]));
        double top = Math.min(Math.min(y[0], y[1]), Math.min(y[2], y[3]));
        double bottom = Math.max(Math.max(y[0], y[1]), Math.max(y[2], y[3]));
        double boxWidth = right - left;
        double boxHeight = bottom - top;

        double frameWidth;
        double frameHeight;
        if (chance(random, 0.75)) {
            double shape = chance(random, 0.5)
                    ? boxWidth / boxHeight * between(random, 0.75, 1.33)
                    : FRAME_SHAPES[random.nextInt(FRAME_SHAPES.length)];
            double fill = 1 - 0.6 * strength * random.nextDouble();
            frameWidth = Math.max(boxWidth / fill, shape * boxHeight / fill);
            frameHeight = frameWidth / shape;
            left -= between(random, -0.03, 1.03) * (frameWidth - boxWidth);
            top -= between(random, -0.03, 1.03) * (frameHeight - boxHeight);
        } else {
            double l = between(random, -0.07, 0.10) * strength * boxWidth;
            double r = between(random, -0.07, 0.10) * strength * boxWidth;
            double t = between(random, -0.07, 0.10) * strength * boxHeight;
            double b = between(random, -0.07, 0.10) * strength * boxHeight;
            left -= l;
            top -= t;
            frameWidth = boxWidth + l + r;
            frameHeight = boxHeight + t + b;
        }
        FloatPointer to = new FloatPointer(8L);
        FloatPointer from = new FloatPointer(8L);
        int[] corners = turn.corners();

        double pixels = FRAME * Math.sqrt((boxWidth / frameWidth) * (boxHeight / frameHeight));
        Mat source = image;
        if (Math.sqrt((double) image.rows() * image.cols()) > 1.7 * pixels) {
            // Linear interpolation alone would alias.
            opencv_imgproc.resize(image, half, new Size(0, 0), 0.5, 0.5, opencv_imgproc.INTER_AREA);
            source = half;
        }
        float[] shares = new float[Quadrilateral.NUMBERS];
        for (int i = 0; i < 4; i++) {
            shares[2 * i] = (float) ((x[i] - left) / frameWidth);
            shares[2 * i + 1] = (float) ((y[i] - top) / frameHeight);
            to.put(2L * i, shares[2 * i] * FRAME - 0.5f);
            to.put(2L * i + 1, shares[2 * i + 1] * FRAME - 0.5f);
            int c = corners[i];
            from.put(2L * i, c == 1 || c == 2 ? source.cols() - 0.5f : -0.5f);
            from.put(2L * i + 1, c >= 2 ? source.rows() - 0.5f : -0.5f);
        }
        Mat homography = opencv_imgproc.getPerspectiveTransform(new Point2f(from), new Point2f(to));
        surfaces.backgrounds().draw(frame, random);
        if (chance(random, 0.4)) {
            castShadow(to, random);
        }
        opencv_imgproc.warpPerspective(
                source,
                frame,
                homography,
                new Size(FRAME, FRAME),
                opencv_imgproc.INTER_LINEAR,
                opencv_core.BORDER_TRANSPARENT,
                new Scalar(0, 0, 0, 0));
        if (chance(random, 0.10 * strength)) {
            finger(random);
        }
        return shares;
    }

    private static final double[] FRAME_SHAPES = {4 / 3.0, 3 / 4.0, 1, 16 / 9.0, 9 / 16.0, 3 / 2.0};

    private void castShadow(FloatPointer corners, SplittableRandom random) {
        int[] points = new int[8];
        int dx = (int) between(random, -9, 9);
        int dy = (int) between(random, -9, 9);
        for (int i = 0; i < 8; i++) {
            points[i] = (int) corners.get(i) + (i % 2 == 0 ? dx : dy);
        }
        double dark = between(random, 0, 70);
        IntPointer data = new IntPointer(points);
        opencv_imgproc.fillConvexPoly(
                frame, new Point(data), 4, new Scalar(dark, dark, dark, 0), opencv_imgproc.LINE_AA, 0);
    }

    private void finger(SplittableRandom random) {
        double tone = between(random, 0.35, 1);
        Scalar skin = new Scalar(
                tone * between(random, 110, 170),
                tone * between(random, 140, 190),
                tone * between(random, 190, 245),
                0);
        boolean side = random.nextBoolean();
        int along = random.nextInt(FRAME);
        int edge = random.nextBoolean() ? 0 : FRAME;
        Point centre = side ? new Point(edge, along) : new Point(along, edge);
        int length = 20 + random.nextInt(40);
        int width = 10 + random.nextInt(16);
        double angle = (side ? 0 : 90) + between(random, -35, 35);
        opencv_imgproc.ellipse(
                frame, centre, new Size(length, width), angle, 0, 360, skin, -1, opencv_imgproc.LINE_AA, 0);
    }

    /** Uneven light, shadows with an edge, falling-off corners; then glare. */
    private void light(double strength, SplittableRandom random) {
        if (chance(random, 0.75)) {
            java.util.Arrays.fill(gain, 1f);
            double angle = random.nextDouble() * 2 * Math.PI;
            double slope = strength * between(random, 0, 0.9);
            double bend = strength * between(random, -0.5, 0.5);
            for (int row = 0; row < MAP; row++) {
                for (int column = 0; column < MAP; column++) {
                    double u = (column - MAP / 2.0) / MAP;
                    double v = (row - MAP / 2.0) / MAP;
                    double along = u * Math.cos(angle) + v * Math.sin(angle);
                    gain[row * MAP + column] = (float) (1 + slope * along + bend * (u * u + v * v) * 1.5);
                }
            }
            int shadows = chance(random, 0.5) ? 1 + random.nextInt(2) : 0;
            for (int s = 0; s < shadows; s++) {
                shadow(strength, random);
            }
            double[] tint = new double[3];
            for (int c = 0; c < 3; c++) {
                tint[c] = strength * between(random, -0.08, 0.08);
            }
            for (int i = 0; i < gain.length; i++) {
                for (int c = 0; c < 3; c++) {
                    // The darker the place, the more of the surroundings' colour it has.
                    double g = gain[i] * (1 + tint[c] * (1.5 - gain[i]));
                    mapValues[3 * i + c] = (byte) (int) Math.max(0, Math.min(255, 128 * g));
                }
            }
            map.data().put(mapValues);
            opencv_imgproc.resize(map, largeMap, new Size(FRAME, FRAME), 0, 0, opencv_imgproc.INTER_LINEAR);
            opencv_core.multiply(frame, largeMap, frame, 1 / 128.0, -1);
        }
        if (chance(random, 0.35 * strength)) {
            glare(strength, random);
        }
    }

    private void shadow(double strength, SplittableRandom random) {
        double angle = random.nextDouble() * 2 * Math.PI;
        double nx = Math.cos(angle);
        double ny = Math.sin(angle);
        double offset = between(random, -0.35, 0.35);
        double band = chance(random, 0.4) ? between(random, 0.08, 0.4) : 10;
        double softness = 0.008 + 0.12 * random.nextDouble() * random.nextDouble();
        double depth = strength * between(random, 0.15, 0.65);
        double bow = between(random, -0.8, 0.8);
        for (int row = 0; row < MAP; row++) {
            for (int column = 0; column < MAP; column++) {
                double u = (column - MAP / 2.0) / MAP;
                double v = (row - MAP / 2.0) / MAP;
                double across = -u * ny + v * nx;
                double d = u * nx + v * ny - offset + bow * across * across;
                double inside = Math.min(edge(d / softness), edge((band - d) / softness));
                gain[row * MAP + column] *= (float) (1 - depth * inside);
            }
        }
    }

    private static double edge(double t) {
        return Math.max(0, Math.min(1, 0.5 + 0.5 * t));
    }

    private void glare(double strength, SplittableRandom random) {
        java.util.Arrays.fill(gain, 0f);
        int spots = 1 + random.nextInt(3);
        for (int s = 0; s < spots; s++) {
            double cx = random.nextDouble();
            double cy = random.nextDouble();
            double angle = random.nextDouble() * Math.PI;
            double longAxis = between(random, 0.04, 0.35);
            double shortAxis = longAxis * between(random, 0.15, 1);
            double peak = between(random, 60, 330) * (0.4 + 0.6 * strength);
            for (int row = 0; row < MAP; row++) {
                for (int column = 0; column < MAP; column++) {
                    double u = (double) column / MAP - cx;
                    double v = (double) row / MAP - cy;
                    double a = (u * Math.cos(angle) + v * Math.sin(angle)) / longAxis;
                    double b = (-u * Math.sin(angle) + v * Math.cos(angle)) / shortAxis;
                    double q = a * a + b * b;
                    if (q < 9) {
                        gain[row * MAP + column] += (float) (peak * Math.exp(-q));
                    }
                }
            }
        }
        for (int i = 0; i < gain.length; i++) {
            byte v = (byte) (int) Math.min(255, gain[i]);
            mapValues[3 * i] = v;
            mapValues[3 * i + 1] = v;
            mapValues[3 * i + 2] = v;
        }
        map.data().put(mapValues);
        opencv_imgproc.resize(map, largeMap, new Size(FRAME, FRAME), 0, 0, opencv_imgproc.INTER_LINEAR);
        opencv_core.add(frame, largeMap, frame);
    }

    private void blur(double strength, SplittableRandom random) {
        if (!chance(random, 0.6)) {
            return;
        }
        switch (random.nextInt(4)) {
            case 0, 1 -> {
                double sigma = 0.4 + strength * 2.6 * random.nextDouble() * random.nextDouble();
                opencv_imgproc.GaussianBlur(frame, frame, new Size(0, 0), sigma);
            }
            case 2 -> {
                int radius = 1 + (int) (strength * 3.6 * random.nextDouble());
                int side = 2 * radius + 1;
                Mat kernel = new Mat(side, side, CV_8UC1, new Scalar(0));
                opencv_imgproc.circle(kernel, new Point(radius, radius), radius, new Scalar(1), -1, 8, 0);
                convolve(kernel);
            }
            default -> {
                int length = 2 + (int) (strength * 11 * random.nextDouble());
                int side = length | 1;
                double angle = random.nextDouble() * Math.PI;
                int dx = (int) Math.round(Math.cos(angle) * (side / 2));
                int dy = (int) Math.round(Math.sin(angle) * (side / 2));
                int c = side / 2;
                Mat kernel = new Mat(side, side, CV_8UC1, new Scalar(0));
                opencv_imgproc.line(kernel, new Point(c - dx, c - dy), new Point(c + dx, c + dy), new Scalar(1));
                convolve(kernel);
            }
        }
    }

    private void convolve(Mat kernel) {
        Mat weights = new Mat();
        kernel.convertTo(weights, CV_32FC1, 1.0 / Math.max(1, opencv_core.countNonZero(kernel)), 0);
        opencv_imgproc.filter2D(frame, other, -1, weights);
        other.copyTo(frame);
    }

    /** What the sensor, the camera's processing and the file format do. */
    private void capture(double strength, SplittableRandom random) {
        if (chance(random, 0.5)) {
            double scale = 1 - strength * 0.65 * random.nextDouble();
            int size = Math.max(56, (int) (FRAME * scale));
            opencv_imgproc.resize(frame, small, new Size(size, size), 0, 0, opencv_imgproc.INTER_AREA);
        } else {
            frame.copyTo(small);
        }
        if (chance(random, 0.65)) {
            double weight = strength * 0.75 * random.nextDouble() * random.nextDouble();
            Mat noise = surfaces.noise(random.nextBoolean());
            int slack = noise.cols() - small.cols();
            Mat part = noise.apply(new Rect(random.nextInt(slack), random.nextInt(slack), small.cols(), small.rows()));
            opencv_core.addWeighted(small, 1, part, weight, -128 * weight, small);
        }
        tone(strength, random);
        if (chance(random, 0.3)) {
            mixColours(strength, random);
        }
        if (chance(random, 0.12)) {
            opencv_imgproc.GaussianBlur(small, other, new Size(0, 0), 1.2);
            double amount = strength * between(random, 0.3, 1.5);
            opencv_core.addWeighted(small, 1 + amount, other, -amount, 0, small);
        }
        if (chance(random, 0.5)) {
            int quality = (int) (95 - strength * 75 * random.nextDouble());
            BytePointer encoded = new BytePointer();
            opencv_imgcodecs.imencode(
                    ".jpg", small, encoded, new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, quality));
            Mat bytes = new Mat(1, (int) encoded.limit(), CV_8UC1, encoded);
            opencv_imgcodecs.imdecode(bytes, opencv_imgcodecs.IMREAD_COLOR, small);
        }
    }

    /** Exposure, gamma, contrast, veil and cast in one table per channel. */
    private void tone(double strength, SplittableRandom random) {
        double exposure = Math.exp(strength * between(random, -0.6, 0.45));
        double gamma = Math.exp(strength * between(random, -0.45, 0.45));
        double contrast = 1 + strength * between(random, -0.4, 0.3);
        double veil = chance(random, 0.2) ? strength * between(random, 0, 60) : 0;
        double[] cast = new double[3];
        for (int c = 0; c < 3; c++) {
            cast[c] = Math.exp(strength * between(random, -0.25, 0.25));
        }
        for (int v = 0; v < 256; v++) {
            double curve = Math.pow(v / 255.0, gamma) * exposure;
            for (int c = 0; c < 3; c++) {
                double t = (curve * cast[c] - 0.5) * contrast + 0.5;
                tableValues[3 * v + c] = (byte) (int) Math.max(0, Math.min(255, t * (255 - veil) + veil));
            }
        }
        table.data().put(tableValues);
        opencv_core.LUT(small, table, small);
    }

    /** Less or more colour, a shift of hue, or none at all as from a copier. */
    private void mixColours(double strength, SplittableRandom random) {
        double colour = chance(random, 0.3) ? 0 : 1 + strength * between(random, -0.8, 0.6);
        double bleed = strength * 0.12;
        FloatPointer values = new FloatPointer(9L);
        double[] grey = {0.114, 0.587, 0.299};
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                double v = (1 - colour) * grey[column] + (row == column ? colour : 0);
                values.put(3L * row + column, (float) (v + (colour == 0 ? 0 : between(random, -bleed, bleed))));
            }
        }
        Mat matrix = new Mat(3, 3, CV_32FC1, values);
        opencv_core.transform(small, other, matrix);
        other.copyTo(small);
    }
}
