package dev.mekiki.samples;

import static org.bytedeco.opencv.global.opencv_core.CV_16S;
import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8U;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.LUT;
import static org.bytedeco.opencv.global.opencv_core.add;
import static org.bytedeco.opencv.global.opencv_core.bitwise_not;
import static org.bytedeco.opencv.global.opencv_core.multiply;
import static org.bytedeco.opencv.global.opencv_core.noArray;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.filter2D;
import static org.bytedeco.opencv.global.opencv_imgproc.getPerspectiveTransform;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;
import static org.bytedeco.opencv.global.opencv_imgproc.warpPerspective;

import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point2f;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Takes simulated hand-held photographs of flat documents: places the document in space, lights it, blurs it, adds
 * noise. Stateless; any number of threads may photograph at once.
 */
public final class Photographer {
    /** Smallest longest side of a frame, in pixels. */
    public static final int MIN_LONGEST_SIDE = 64;

    /** Largest longest side of a frame, in pixels. */
    public static final int MAX_LONGEST_SIDE = 4096;

    private static final double FRAME_PROPORTION = 4.0 / 3;

    private Photographer() {}

    /**
     * Photographs a document. The same document, conditions, size and seed give the same photograph.
     *
     * @param document 8-bit, three channels, blue first; stays unchanged and open
     * @param longestSide of the photograph in pixels, 64..4,096. The shorter side is three quarters of it, or, after a
     *     {@link Effect#TIGHT_CROP}, in the document's proportion.
     * @return the photograph, to be closed by the caller
     */
    public static Photograph photograph(Mat document, PhotoConditions conditions, int longestSide, long seed) {
        OpenCv.checkImage("document", document);
        if (longestSide < MIN_LONGEST_SIDE || longestSide > MAX_LONGEST_SIDE) {
            throw new IllegalArgumentException(
                    "longestSide: " + longestSide + " (expected: " + MIN_LONGEST_SIDE + ".." + MAX_LONGEST_SIDE + ")");
        }
        OpenCv.load();
        Map<Effect, Double> doses = drawDoses(conditions, Seeds.random(seed, 0));
        boolean upright = document.rows() > document.cols();
        double proportion = FRAME_PROPORTION;
        if (doses.containsKey(Effect.TIGHT_CROP)) {
            proportion =
                    Math.max(document.cols(), document.rows()) / (double) Math.min(document.cols(), document.rows());
        } else if (Seeds.random(seed, 1).nextInt(8) == 0) {
            // Some people hold the phone the other way round.
            upright = !upright;
        }
        int shortSide = Math.max(16, (int) Math.round(longestSide / proportion));
        // Made before the scope opens, so that it outlives it and belongs to the caller's scope, if there is one.
        Mat frame = new Mat(upright ? longestSide : shortSide, upright ? shortSide : longestSide, CV_8UC3);
        try (PointerScope scope = new PointerScope()) {
            double coverage = new Exposure(frame, conditions, doses, seed).take(document);
            return new Photograph(frame, doses, coverage);
        } catch (Throwable e) {
            frame.close();
            throw e;
        }
    }

    /**
     * Encodes an image as baseline JPEG with 4:2:0 chroma.
     *
     * @param quality 1..100 as libjpeg counts it
     */
    public static byte[] encodeJpeg(Mat image, int quality) {
        OpenCv.checkImage("image", image);
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("quality: " + quality + " (expected: 1..100)");
        }
        try (BytePointer out = new BytePointer();
                IntPointer options = new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, quality)) {
            if (!opencv_imgcodecs.imencode(".jpg", image, out, options)) {
                throw new IllegalStateException(
                        "JPEG encoding failed for an image of " + image.cols() + "x" + image.rows() + " pixels");
            }
            byte[] bytes = new byte[Math.toIntExact(out.limit())];
            out.get(bytes);
            return bytes;
        }
    }

    private static Map<Effect, Double> drawDoses(PhotoConditions conditions, RandomGenerator random) {
        Map<Effect, Double> doses = new EnumMap<>(Effect.class);
        for (Effect effect : Effect.values()) {
            // Both numbers are drawn whatever happens: switching one effect off leaves the others as they were.
            double lot = random.nextDouble();
            double share = random.nextDouble();
            Dose dose = conditions.doses().get(effect);
            if (dose != null && lot < dose.chance()) {
                doses.put(effect, dose.low() + (dose.high() - dose.low()) * share);
            }
        }
        return doses;
    }

    /** One photograph in the making. Works inside the caller's PointerScope. */
    private static final class Exposure {
        private final Mat frame;
        private final PhotoConditions conditions;
        private final Map<Effect, Double> doses;
        private final long seed;
        private final int width;
        private final int height;
        private final double span;

        Exposure(Mat frame, PhotoConditions conditions, Map<Effect, Double> doses, long seed) {
            this.frame = frame;
            this.conditions = conditions;
            this.doses = doses;
            this.seed = seed;
            this.width = frame.cols();
            this.height = frame.rows();
            this.span = Math.max(width, height);
        }

        private boolean has(Effect effect) {
            return doses.containsKey(effect);
        }

        private double dose(Effect effect) {
            return doses.getOrDefault(effect, 0.0);
        }

        /** Each effect has its own stream: its details stay the same whichever other effects are on. */
        private RandomGenerator stream(Effect effect) {
            return Seeds.random(seed, 16 + effect.ordinal());
        }

        /** Returns the area of the document's outline as a share of the frame. */
        double take(Mat document) {
            Mat worn = wear(document);
            double coverage = place(worn);
            light();
            develop();
            blur();
            noise();
            return coverage;
        }

        private Mat wear(Mat document) {
            if (!has(Effect.SOILING) && !has(Effect.CREASE)) {
                return document;
            }
            Mat worn = document.clone();
            Canvas c = new Canvas(worn);
            if (has(Effect.SOILING)) {
                RandomGenerator r = stream(Effect.SOILING);
                Colour dirt =
                        Colour.ofHsv(0.05 + 0.1 * r.nextDouble(), 0.4 * r.nextDouble(), 0.1 + 0.4 * r.nextDouble());
                double opacity = dose(Effect.SOILING);
                int stains = 2 + r.nextInt(6);
                double small = Math.min(c.width, c.height);
                for (int i = 0; i < stains; i++) {
                    stain(
                            c,
                            dirt,
                            opacity * (0.3 + 0.7 * r.nextDouble()),
                            small * (0.03 + 0.2 * r.nextDouble() * r.nextDouble()),
                            r);
                }
                c.translucent(opacity * 0.7, layer -> {
                    for (int i = 0; i < 30; i++) {
                        layer.disc(
                                c.width * r.nextDouble(),
                                c.height * r.nextDouble(),
                                small * 0.006 * r.nextDouble(),
                                dirt);
                    }
                });
            }
            if (has(Effect.CREASE)) {
                RandomGenerator r = stream(Effect.CREASE);
                double strength = dose(Effect.CREASE);
                int folds = 1 + r.nextInt(3);
                c.translucent(strength, layer -> {
                    for (int i = 0; i < folds; i++) {
                        boolean across = r.nextBoolean();
                        double from = r.nextDouble();
                        double to = Math.clamp(from + 0.5 * (r.nextDouble() - 0.5), 0, 1);
                        double x1 = across ? 0 : from * c.width;
                        double y1 = across ? from * c.height : 0;
                        double x2 = across ? c.width : to * c.width;
                        double y2 = across ? to * c.height : c.height;
                        double pen = Math.max(1, c.width * 0.004);
                        layer.line(x1 + pen, y1 + pen, x2 + pen, y2 + pen, pen, Colour.BLACK);
                        layer.line(x1, y1, x2, y2, pen, Colour.WHITE);
                    }
                });
            }
            return worn;
        }

        private static void stain(Canvas c, Colour dirt, double opacity, double radius, RandomGenerator r) {
            double x = c.width * r.nextDouble();
            double y = c.height * r.nextDouble();
            boolean ring = r.nextInt(3) == 0;
            double[] xy = new double[40];
            for (int k = 0; k < 20; k++) {
                double a = Math.PI * k / 10;
                double rho = radius * (0.75 + 0.35 * r.nextDouble());
                xy[2 * k] = radius * 1.2 + rho * Math.cos(a);
                xy[2 * k + 1] = radius * 1.2 + rho * Math.sin(a);
            }
            c.translucentPart(x - radius * 1.2, y - radius * 1.2, radius * 2.4, radius * 2.4, opacity, part -> {
                if (ring) {
                    part.polyline(true, radius * 0.12, dirt, xy);
                } else {
                    part.polygon(dirt, xy);
                }
            });
        }

        /** Puts the document into the frame, over a background; returns the share of the frame that it spans. */
        private double place(Mat document) {
            RandomGenerator r = Seeds.random(seed, 2);
            double[] quad = project(document.cols(), document.rows());
            boolean tight = has(Effect.TIGHT_CROP);
            double minX = Math.min(Math.min(quad[0], quad[2]), Math.min(quad[4], quad[6]));
            double maxX = Math.max(Math.max(quad[0], quad[2]), Math.max(quad[4], quad[6]));
            double minY = Math.min(Math.min(quad[1], quad[3]), Math.min(quad[5], quad[7]));
            double maxY = Math.max(Math.max(quad[1], quad[3]), Math.max(quad[5], quad[7]));
            double fill = conditions.leastFill() + (conditions.mostFill() - conditions.leastFill()) * r.nextDouble();
            double slideX = r.nextDouble();
            double slideY = r.nextDouble();
            double scale = Math.min(width / (maxX - minX), height / (maxY - minY));
            double offsetX;
            double offsetY;
            if (tight) {
                double loss = dose(Effect.TIGHT_CROP);
                // Cut through the middle of the outline: corners stick out and background shows at the edges, as when a
                // document is cropped from a photograph by hand; at most the given share is lost on a side.
                double zoom = 1 / (1 - 2 * loss * (0.5 + 0.5 * r.nextDouble()));
                scale *= zoom;
                offsetX = (width - (maxX - minX) * scale) * slideX;
                offsetY = (height - (maxY - minY) * scale) * slideY;
            } else {
                scale *= fill;
                offsetX = (width - (maxX - minX) * scale) * (0.15 + 0.7 * slideX);
                offsetY = (height - (maxY - minY) * scale) * (0.15 + 0.7 * slideY);
            }
            for (int i = 0; i < 8; i += 2) {
                quad[i] = (quad[i] - minX) * scale + offsetX;
                quad[i + 1] = (quad[i + 1] - minY) * scale + offsetY;
            }
            Mat source = document;
            double shrink = Math.hypot(quad[2] - quad[0], quad[3] - quad[1]) / document.cols();
            if (shrink < 0.6) {
                // Interpolation while warping looks at four pixels only and would leave out the rest.
                source = new Mat();
                resize(document, source, new Size(), shrink * 1.2, shrink * 1.2, INTER_AREA);
            }
            paste(source, quad, r);
            return area(quad) / ((double) width * height);
        }

        /** Of a polygon of four corners, x and y in turn. */
        private static double area(double[] quad) {
            double twice = 0;
            for (int i = 0; i < 8; i += 2) {
                int next = (i + 2) % 8;
                twice += quad[i] * quad[next + 1] - quad[next] * quad[i + 1];
            }
            return Math.abs(twice) / 2;
        }

        /** Corners of the document as seen by a pinhole camera: x and y of top left, top right, bottom right, left. */
        private double[] project(int columns, int rows) {
            RandomGenerator r = stream(Effect.PERSPECTIVE);
            double axis = r.nextDouble() * 2 * Math.PI;
            double tilt = Math.toRadians(dose(Effect.PERSPECTIVE));
            // Phones are held one and a half to three document diagonals away.
            double distance = (1.5 + 1.5 * r.nextDouble()) * Math.hypot(columns, rows);
            double roll = Math.toRadians(dose(Effect.ROTATION))
                    * (stream(Effect.ROTATION).nextBoolean() ? 1 : -1);
            double[] quad = new double[8];
            double[] signs = {-1, -1, 1, -1, 1, 1, -1, 1};
            for (int i = 0; i < 8; i += 2) {
                double x = signs[i] * columns / 2;
                double y = signs[i + 1] * rows / 2;
                // Tilt about an axis in the document's plane (Rodrigues), then project, then roll.
                double along = x * Math.cos(axis) + y * Math.sin(axis);
                double across = -x * Math.sin(axis) + y * Math.cos(axis);
                double depth = distance + across * Math.sin(tilt);
                across *= Math.cos(tilt);
                double px = (along * Math.cos(axis) - across * Math.sin(axis)) * distance / depth;
                double py = (along * Math.sin(axis) + across * Math.cos(axis)) * distance / depth;
                quad[i] = px * Math.cos(roll) - py * Math.sin(roll);
                quad[i + 1] = px * Math.sin(roll) + py * Math.cos(roll);
            }
            return quad;
        }

        private void paste(Mat document, double[] quad, RandomGenerator r) {
            int columns = document.cols();
            int rows = document.rows();
            Backdrop.random(r).paint(frame, r);
            dropShadow(quad, r);
            Mat mask = new Mat(rows, columns, CV_8UC3, Scalar.all(0));
            double radius = r.nextBoolean() ? Math.min(columns, rows) * (0.03 + 0.05 * r.nextDouble()) : 0;
            // One pixel of margin is left empty, so that the outline is smoothed by the warp.
            new Canvas(mask).roundedRectangle(1, 1, columns - 3, rows - 3, Math.max(0.5, radius), Colour.WHITE);
            Mat cut = new Mat();
            multiply(document, mask, cut, 1 / 255.0, -1);
            Point2f from = new Point2f(4);
            Point2f to = new Point2f(4);
            double[] corners = {0, 0, columns - 1, 0, columns - 1, rows - 1, 0, rows - 1};
            for (int i = 0; i < 4; i++) {
                from.position(i).x((float) corners[2 * i]).y((float) corners[2 * i + 1]);
                to.position(i).x((float) quad[2 * i]).y((float) quad[2 * i + 1]);
            }
            Mat transform = getPerspectiveTransform(from.position(0), to.position(0));
            Size size = new Size(width, height);
            Mat seen = new Mat();
            Mat covered = new Mat();
            warpPerspective(cut, seen, transform, size, INTER_LINEAR, opencv_core.BORDER_CONSTANT, Scalar.all(0));
            warpPerspective(mask, covered, transform, size, INTER_LINEAR, opencv_core.BORDER_CONSTANT, Scalar.all(0));
            bitwise_not(covered, covered);
            multiply(frame, covered, frame, 1 / 255.0, -1);
            add(frame, seen, frame);
        }

        private void dropShadow(double[] quad, RandomGenerator r) {
            double dx = span * 0.012 * (r.nextDouble() - 0.3);
            double dy = span * 0.012 * r.nextDouble();
            double[] shifted = quad.clone();
            for (int i = 0; i < 8; i += 2) {
                shifted[i] += dx;
                shifted[i + 1] += dy;
            }
            new Canvas(frame)
                    .translucent(0.2 + 0.5 * r.nextDouble(), layer -> layer.polygon(new Colour(10, 10, 12), shifted));
        }

        /** Falling light, shadows and reflections. */
        private void light() {
            if (has(Effect.UNEVEN_LIGHT) || has(Effect.SHADOW_EDGE)) {
                // Light varies slowly, so it is computed at a quarter of the size.
                int columns = Math.max(16, width / 4);
                int rows = Math.max(16, height / 4);
                Mat light = OpenCv.image(columns, rows, Colour.WHITE);
                if (has(Effect.UNEVEN_LIGHT)) {
                    RandomGenerator r = stream(Effect.UNEVEN_LIGHT);
                    Colour[] grid = new Colour[9];
                    double angle = r.nextDouble() * 2 * Math.PI;
                    double vignette = r.nextDouble() * 0.4;
                    for (int i = 0; i < 9; i++) {
                        double x = i % 3 - 1;
                        double y = i / 3 - 1;
                        double slope = (1 + (x * Math.cos(angle) + y * Math.sin(angle)) / Math.sqrt(2)) / 2;
                        double fall = (1 - vignette) * slope + vignette * Math.hypot(x, y) / Math.sqrt(2);
                        grid[i] = Colour.WHITE.darker(dose(Effect.UNEVEN_LIGHT) * Math.clamp(fall, 0, 1));
                    }
                    new Canvas(light).wash(3, 3, grid);
                }
                if (has(Effect.SHADOW_EDGE)) {
                    shadow(light);
                }
                Mat full = new Mat();
                resize(light, full, new Size(width, height), 0, 0, INTER_LINEAR);
                multiply(frame, full, frame, 1 / 255.0, -1);
            }
            if (has(Effect.GLARE)) {
                glare();
            }
        }

        private void shadow(Mat light) {
            RandomGenerator r = stream(Effect.SHADOW_EDGE);
            Mat shade = OpenCv.image(light.cols(), light.rows(), Colour.WHITE);
            Canvas c = new Canvas(shade);
            Colour dark = Colour.WHITE.darker(dose(Effect.SHADOW_EDGE));
            double angle = r.nextDouble() * 2 * Math.PI;
            double reach = c.width + c.height;
            double cx = c.width * (0.3 + 0.4 * r.nextDouble());
            double cy = c.height * (0.3 + 0.4 * r.nextDouble());
            double dx = Math.cos(angle);
            double dy = Math.sin(angle);
            if (r.nextInt(3) == 0) {
                // A bar, such as an arm or a window frame.
                double half = Math.min(c.width, c.height) * (0.08 + 0.15 * r.nextDouble());
                c.polygon(
                        dark,
                        cx - dx * reach - dy * half,
                        cy - dy * reach + dx * half,
                        cx + dx * reach - dy * half,
                        cy + dy * reach + dx * half,
                        cx + dx * reach + dy * half,
                        cy + dy * reach - dx * half,
                        cx - dx * reach + dy * half,
                        cy - dy * reach - dx * half);
            } else {
                double bulge = (r.nextDouble() - 0.5) * 0.6 * c.height;
                c.polygon(
                        dark,
                        cx - dx * reach,
                        cy - dy * reach,
                        cx - dx * c.width * 0.25 - dy * bulge,
                        cy - dy * c.width * 0.25 + dx * bulge,
                        cx + dx * c.width * 0.25 - dy * bulge * 0.5,
                        cy + dy * c.width * 0.25 + dx * bulge * 0.5,
                        cx + dx * reach,
                        cy + dy * reach,
                        cx + dx * reach + dy * 2 * reach,
                        cy + dy * reach - dx * 2 * reach,
                        cx - dx * reach + dy * 2 * reach,
                        cy - dy * reach - dx * 2 * reach);
            }
            GaussianBlur(shade, shade, new Size(0, 0), Math.max(0.6, c.width * (0.003 + 0.03 * r.nextDouble())));
            multiply(light, shade, light, 1 / 255.0, -1);
        }

        private void glare() {
            RandomGenerator r = stream(Effect.GLARE);
            int columns = Math.max(16, width / 4);
            int rows = Math.max(16, height / 4);
            Mat shine = OpenCv.image(columns, rows, Colour.BLACK);
            Canvas c = new Canvas(shine);
            Colour bright = Colour.BLACK.lighter(dose(Effect.GLARE));
            int spots = 1 + r.nextInt(2);
            for (int i = 0; i < spots; i++) {
                double x = columns * (0.15 + 0.7 * r.nextDouble());
                double y = rows * (0.15 + 0.7 * r.nextDouble());
                double size = Math.min(columns, rows) * (0.05 + 0.11 * r.nextDouble());
                if (r.nextInt(3) == 0) {
                    c.oval(x, y, size * 4, size * 0.4, r.nextDouble() * 180, bright);
                } else {
                    c.oval(x, y, size * (0.8 + r.nextDouble()), size * 0.8, r.nextDouble() * 180, bright);
                }
            }
            GaussianBlur(shine, shine, new Size(0, 0), columns * (0.02 + 0.05 * r.nextDouble()));
            Mat full = new Mat();
            resize(shine, full, new Size(width, height), 0, 0, INTER_LINEAR);
            add(frame, full, frame);
        }

        /** Exposure and white balance, in one pass through a table. */
        private void develop() {
            if (!has(Effect.EXPOSURE) && !has(Effect.COLOUR_CAST)) {
                return;
            }
            double gain =
                    Math.pow(2, dose(Effect.EXPOSURE) * (stream(Effect.EXPOSURE).nextBoolean() ? 1 : -1));
            // Cameras compress highlights before they clip; half of the stops go into the curve.
            double bright = Math.sqrt(gain);
            double curve = 1 / Math.sqrt(bright);
            RandomGenerator r = stream(Effect.COLOUR_CAST);
            double warm = dose(Effect.COLOUR_CAST) * (r.nextBoolean() ? 1 : -1);
            double green = dose(Effect.COLOUR_CAST) * (r.nextDouble() - 0.5);
            double[] gains = {bright * (1 - warm), bright * (1 + green), bright * (1 + warm)};
            byte[] table = new byte[3 * 256];
            for (int level = 0; level < 256; level++) {
                double toned = Math.pow(level / 255.0, curve) * 255;
                for (int channel = 0; channel < 3; channel++) {
                    table[3 * level + channel] = (byte) Math.clamp(Math.round(toned * gains[channel]), 0, 255);
                }
            }
            Mat curves = new Mat(1, 256, CV_8UC3);
            curves.data().put(table);
            LUT(frame, curves, frame);
        }

        private void blur() {
            if (has(Effect.DEFOCUS)) {
                // A Gaussian of a quarter of the diameter has the variance of a disc of that diameter.
                double sigma = dose(Effect.DEFOCUS) * span / 4;
                if (sigma > 0.05) {
                    GaussianBlur(frame, frame, new Size(0, 0), sigma);
                }
            }
            if (has(Effect.MOTION_BLUR)) {
                motion();
            }
            if (has(Effect.DOWNSCALING)) {
                double factor = dose(Effect.DOWNSCALING);
                Mat small = new Mat();
                Size size = new Size(
                        Math.max(8, (int) Math.round(width / factor)), Math.max(8, (int) Math.round(height / factor)));
                resize(frame, small, size, 0, 0, INTER_AREA);
                resize(small, frame, new Size(width, height), 0, 0, INTER_LINEAR);
            }
        }

        private void motion() {
            double length = dose(Effect.MOTION_BLUR) * span;
            double angle = stream(Effect.MOTION_BLUR).nextDouble() * Math.PI;
            int side = 2 * (int) Math.ceil(length / 2) + 1;
            if (side < 3) {
                return;
            }
            float[] weights = new float[side * side];
            int centre = side / 2;
            int steps = 4 * side;
            for (int i = 0; i <= steps; i++) {
                double t = length * (i / (double) steps - 0.5);
                int x = (int) Math.round(centre + t * Math.cos(angle));
                int y = (int) Math.round(centre + t * Math.sin(angle));
                weights[y * side + x] += 1f / (steps + 1);
            }
            Mat kernel = new Mat(side, side, CV_32FC1);
            new FloatPointer(kernel.data()).put(weights);
            filter2D(frame, frame, -1, kernel);
        }

        private void noise() {
            if (!has(Effect.SENSOR_NOISE)) {
                return;
            }
            RandomGenerator r = stream(Effect.SENSOR_NOISE);
            double deviation = dose(Effect.SENSOR_NOISE);
            // Photon noise grows with the root of the light; mid-grey gets the full deviation.
            byte[] table = new byte[256];
            for (int level = 0; level < 256; level++) {
                table[level] = (byte) Math.clamp(Math.round(128 * Math.sqrt((level + 12) / 140.0)), 0, 255);
            }
            Mat strength = new Mat(1, 256, CV_8UC1);
            strength.data().put(table);
            Mat gain = new Mat();
            LUT(frame, strength, gain);
            Mat noise = new Mat();
            Mat grain = Grain.cut(width, height, r);
            grain.convertTo(noise, CV_16S, 1, -128);
            multiply(noise, gain, noise, deviation / Grain.DEVIATION / 128, CV_16S);
            add(frame, noise, frame, noArray(), CV_8U);
        }
    }
}
