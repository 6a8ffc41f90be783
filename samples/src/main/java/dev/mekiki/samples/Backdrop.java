package dev.mekiki.samples;

import static org.bytedeco.opencv.global.opencv_core.addWeighted;
import static org.bytedeco.opencv.global.opencv_core.extractChannel;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_GRAY2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import java.util.random.RandomGenerator;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** What documents lie on when they are photographed. */
enum Backdrop {
    PLAIN,
    GRADIENT,
    WOOD,
    CLOTH,
    PAPER,
    STONE,
    TILES,
    CLUTTER,
    PATTERN;

    static Backdrop random(RandomGenerator random) {
        return values()[random.nextInt(values().length)];
    }

    /** Covers the whole image; works inside the caller's PointerScope. */
    void paint(Mat image, RandomGenerator r) {
        Canvas c = new Canvas(image);
        Colour base = Colour.ofHsv(r.nextDouble(), 0.6 * r.nextDouble() * r.nextDouble(), 0.1 + 0.9 * r.nextDouble());
        switch (this) {
            case PLAIN -> c.fill(base);
            case GRADIENT -> c.wash(2, 2, base, base.darker(0.3 * r.nextDouble()), base.lighter(0.3), base.darker(0.4));
            case WOOD -> wood(c, r);
            case CLOTH -> cloth(c, base, r);
            case PAPER -> paper(c, r);
            case STONE -> stone(c, base, r);
            case TILES -> tiles(c, base, r);
            case CLUTTER -> clutter(c, base, r);
            case PATTERN -> {
                c.fill(base);
                Artwork[] all = Artwork.values();
                all[r.nextInt(all.length)].overlay(c, Palette.bold(r), 0.3 + 0.7 * r.nextDouble(), r.nextLong());
            }
        }
    }

    private static double between(RandomGenerator r, double low, double high) {
        return low + (high - low) * r.nextDouble();
    }

    /** Blends grain, stretched so that a grain covers the given number of pixels, into the image. */
    private static void texture(Mat image, double grainWidth, double grainHeight, double strength, RandomGenerator r) {
        int columns = Math.clamp(Math.round(image.cols() / grainWidth), 2, image.cols());
        int rows = Math.clamp(Math.round(image.rows() / grainHeight), 2, image.rows());
        // Grey grain nearly always: dyes and stones vary in brightness far more than in hue.
        boolean coloured = r.nextInt(8) == 0;
        try (Mat colours = Grain.cut(columns, rows, r);
                Mat piece = coloured ? colours.clone() : grey(colours);
                Mat grain = new Mat();
                Size size = new Size(image.cols(), image.rows())) {
            resize(piece, grain, size, 0, 0, INTER_LINEAR);
            addWeighted(image, 1, grain, strength, -128 * strength, image);
        }
    }

    private static Mat grey(Mat colours) {
        Mat grey = new Mat();
        try (Mat channel = new Mat()) {
            extractChannel(colours, channel, 1);
            cvtColor(channel, grey, COLOR_GRAY2BGR);
        }
        return grey;
    }

    private static void wood(Canvas c, RandomGenerator r) {
        Colour dark = Colour.ofHsv(between(r, 0.03, 0.11), between(r, 0.25, 0.7), between(r, 0.2, 0.8));
        c.wash(2, 2, dark, dark.lighter(0.1), dark.darker(0.15), dark);
        boolean upright = r.nextBoolean();
        double longGrain = c.width * 0.3;
        double fine = Math.max(1, c.width / 400.0);
        texture(c.image(), upright ? fine : longGrain, upright ? longGrain : fine, 0.35, r);
        texture(c.image(), upright ? 8 * fine : longGrain, upright ? longGrain : 8 * fine, 0.5, r);
        int planks = r.nextInt(5);
        for (int i = 0; i < planks; i++) {
            double at = r.nextDouble() * (upright ? c.width : c.height);
            c.line(
                    upright ? at : 0,
                    upright ? 0 : at,
                    upright ? at : c.width,
                    upright ? c.height : at,
                    c.width / 300.0,
                    dark.darker(0.6));
        }
    }

    private static void cloth(Canvas c, Colour base, RandomGenerator r) {
        c.fill(base);
        double fine = Math.max(1, c.width / 320.0);
        texture(c.image(), fine, 6 * fine, 0.3, r);
        texture(c.image(), 6 * fine, fine, 0.3, r);
        texture(c.image(), c.width / 6.0, c.width / 5.0, 0.8, r);
        if (r.nextInt(3) == 0) {
            Artwork.STRIPES.overlay(c, Palette.bold(r), 0.4, r.nextLong());
        }
    }

    private static void paper(Canvas c, RandomGenerator r) {
        Colour sheet = Colour.ofHsv(between(r, 0.08, 0.18), between(r, 0, 0.15), between(r, 0.8, 1));
        c.fill(sheet);
        texture(c.image(), 2, 2, 0.1, r);
        if (r.nextBoolean()) {
            Colour rule = Colour.ofHsv(0.6, 0.4, 0.75);
            double step = c.height * between(r, 0.03, 0.07);
            for (double y = step; y < c.height; y += step) {
                c.line(0, y, c.width, y, 1, rule);
            }
        } else {
            Wording words = new Wording(r);
            double size = c.height * between(r, 0.015, 0.03);
            for (double y = size; y < c.height; y += 2.2 * size) {
                c.text(
                        words.sentence(10),
                        between(r, -0.2, 0.1) * c.width,
                        y,
                        size,
                        Typeface.PLAIN,
                        new Colour(70, 70, 75));
            }
        }
    }

    private static void stone(Canvas c, Colour base, RandomGenerator r) {
        c.fill(base);
        texture(c.image(), 1, 1, between(r, 0.2, 0.7), r);
        texture(c.image(), c.width / 100.0, c.width / 100.0, between(r, 0.2, 0.8), r);
        texture(c.image(), c.width / 10.0, c.width / 10.0, 0.4, r);
    }

    private static void tiles(Canvas c, Colour base, RandomGenerator r) {
        c.fill(base);
        texture(c.image(), c.width / 40.0, c.width / 40.0, 0.3, r);
        double cell = c.width * between(r, 0.08, 0.4);
        double lean = between(r, -0.3, 0.3);
        Colour joint = base.luma() > 128 ? base.darker(0.4) : base.lighter(0.4);
        for (double t = -c.width; t < 2.0 * c.width; t += cell) {
            c.line(t, 0, t + lean * c.height, c.height, c.width / 150.0, joint);
            c.line(0, t, c.width, t - lean * c.width, c.width / 150.0, joint);
        }
    }

    private static void clutter(Canvas c, Colour base, RandomGenerator r) {
        c.fill(base);
        texture(c.image(), c.width / 60.0, c.width / 60.0, 0.3, r);
        int things = 3 + r.nextInt(9);
        for (int i = 0; i < things; i++) {
            double x = c.width * r.nextDouble();
            double y = c.height * r.nextDouble();
            double size = c.width * between(r, 0.05, 0.35);
            Colour colour = Colour.random(r);
            switch (r.nextInt(5)) {
                case 0 -> {
                    c.disc(x + size * 0.05, y + size * 0.08, size * 0.6, base.darker(0.4));
                    c.disc(x, y, size * 0.6, colour);
                    c.disc(x, y, size * 0.45, colour.darker(0.5));
                }
                case 1 -> {
                    double a = r.nextDouble() * 6.3;
                    double dx = c.width * 0.5 * Math.cos(a);
                    double dy = c.width * 0.5 * Math.sin(a);
                    c.line(x + 4, y + 5, x + dx + 4, y + dy + 5, c.width * 0.02, base.darker(0.4));
                    c.line(x, y, x + dx, y + dy, c.width * 0.02, colour);
                }
                default -> {
                    double a = r.nextDouble() * 6.3;
                    double[] xy = new double[8];
                    double flat = between(r, 0.4, 1);
                    for (int k = 0; k < 4; k++) {
                        double corner = a + Math.PI / 2 * k + (k % 2 == 0 ? 0.2 : 0) * flat;
                        xy[2 * k] = x + size * Math.cos(corner);
                        xy[2 * k + 1] = y + size * Math.sin(corner);
                    }
                    c.polygon(colour, xy);
                    c.polyline(true, 1, colour.darker(0.5), xy);
                    for (int line = 0; line < r.nextInt(6); line++) {
                        c.line(
                                x - size * 0.4,
                                y + line * size * 0.12,
                                x + size * 0.3,
                                y + line * size * 0.12,
                                1,
                                colour.darker(0.6));
                    }
                }
            }
        }
        if (r.nextBoolean()) {
            try (Size kernel = new Size(0, 0)) {
                GaussianBlur(c.image(), c.image(), kernel, c.width * 0.004);
            }
        }
    }
}
