package dev.mekiki.samples;

import static org.bytedeco.opencv.global.opencv_core.addWeighted;
import static org.bytedeco.opencv.global.opencv_imgproc.GaussianBlur;

import java.util.random.RandomGenerator;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;

/** Background artwork of documents: from plain shades over security patterns to pictures. */
enum Artwork {
    PLAIN,
    GRADIENT,
    CLOUDS,
    RADIAL,
    GUILLOCHE,
    ROSETTES,
    STRIPES,
    MOSAIC,
    DOT_RINGS,
    LANDSCAPE,
    SKYLINE,
    FLOWER,
    BALLOONS,
    STARS,
    RIBBONS,
    BRUSHED,
    MASCOT,
    MONOGRAM,
    SHARDS,
    HONEYCOMB,
    BANDS,
    HALFTONE,
    SCRIBBLE,
    RAYS,
    CONTOURS,
    WEAVE,
    CURVE,
    ISLANDS,
    SPHERES,
    COLLAGE,
    SOFT_FOCUS,
    BRUSH;

    /** Quiet enough to print small text over. */
    static final Artwork[] QUIET = {
        PLAIN, GRADIENT, CLOUDS, RADIAL, GUILLOCHE, ROSETTES, STRIPES, WEAVE, CONTOURS, HALFTONE, RAYS, ISLANDS
    };

    /** Loud pictures that carry a card's identity. */
    static final Artwork[] LOUD = values();

    /**
     * Covers the canvas.
     *
     * @param strength 0..1, how strongly the motif stands out from the shaded ground
     */
    void paint(Canvas canvas, Palette palette, double strength, long seed) {
        RandomGenerator random = Seeds.random(seed, ordinal());
        ground(canvas, palette, random);
        if (this != PLAIN && this != GRADIENT) {
            canvas.translucent(strength, layer -> motif(layer, palette, random));
        }
    }

    /** Adds the motif alone over what is there. */
    void overlay(Canvas canvas, Palette palette, double strength, long seed) {
        RandomGenerator random = Seeds.random(seed, 100 + ordinal());
        canvas.translucent(strength, layer -> motif(layer, palette, random));
    }

    private void ground(Canvas c, Palette p, RandomGenerator random) {
        if (this == PLAIN) {
            c.fill(p.base());
            return;
        }
        Colour mid = p.base().mix(p.second(), random.nextDouble());
        switch (random.nextInt(6)) {
            case 0 -> c.fill(p.base());
            case 1 -> c.wash(2, 1, p.base(), p.second());
            case 2 -> c.wash(1, 2, p.second(), p.base());
            case 3 -> c.wash(2, 2, p.base(), mid, p.second(), p.base());
            case 4 -> c.wash(3, 1, p.base(), p.second(), p.base());
            default -> c.wash(3, 3, p.base(), mid, p.base(), p.second(), p.base(), mid, mid, p.base(), p.second());
        }
    }

    private void motif(Canvas c, Palette p, RandomGenerator r) {
        switch (this) {
            case PLAIN, GRADIENT -> bands(c, p, r, 1 + r.nextInt(2));
            case CLOUDS -> clouds(c, p, r);
            case RADIAL -> radial(c, p, r);
            case GUILLOCHE -> guilloche(c, p, r);
            case ROSETTES -> rosettes(c, p, r);
            case STRIPES -> stripes(c, p, r);
            case MOSAIC -> mosaic(c, p, r);
            case DOT_RINGS -> dotRings(c, p, r);
            case LANDSCAPE -> landscape(c, p, r);
            case SKYLINE -> skyline(c, p, r);
            case FLOWER -> flowers(c, p, r);
            case BALLOONS -> balloons(c, p, r);
            case STARS -> stars(c, p, r);
            case RIBBONS -> ribbons(c, p, r);
            case BRUSHED -> brushed(c, p, r);
            case MASCOT -> mascots(c, p, r);
            case MONOGRAM -> monogram(c, p, r);
            case SHARDS -> shards(c, p, r);
            case HONEYCOMB -> honeycomb(c, p, r);
            case BANDS -> bands(c, p, r, 2 + r.nextInt(5));
            case HALFTONE -> halftone(c, p, r);
            case SCRIBBLE -> scribble(c, p, r);
            case RAYS -> rays(c, p, r);
            case CONTOURS -> contours(c, p, r);
            case WEAVE -> weave(c, p, r);
            case CURVE -> curve(c, p, r);
            case ISLANDS -> islands(c, p, r);
            case SPHERES -> spheres(c, p, r);
            case COLLAGE -> collage(c, p, r);
            case SOFT_FOCUS -> softFocus(c, p, r);
            case BRUSH -> brush(c, p, r);
        }
    }

    private static double between(RandomGenerator r, double low, double high) {
        return low + (high - low) * r.nextDouble();
    }

    private static double span(Canvas c) {
        return Math.max(c.width, c.height);
    }

    private static void clouds(Canvas c, Palette p, RandomGenerator r) {
        double total = 0;
        int octaves = 1 + r.nextInt(3);
        for (int octave = 0; octave < octaves; octave++) {
            int columns = (3 + r.nextInt(3)) << octave;
            int rows = Math.max(2, (int) Math.round(columns * between(r, 0.4, 1.6) * c.height / c.width));
            Colour[] grid = new Colour[columns * rows];
            for (int i = 0; i < grid.length; i++) {
                grid[i] = p.base().mix(r.nextInt(4) == 0 ? p.accent() : p.second(), r.nextDouble());
            }
            double weight = Math.pow(0.6, octave);
            total += weight;
            if (octave == 0) {
                c.wash(columns, rows, grid);
            } else {
                c.translucent(weight / total, layer -> layer.wash(columns, rows, grid));
            }
        }
    }

    private static void radial(Canvas c, Palette p, RandomGenerator r) {
        double x = c.width * between(r, -0.1, 1.1);
        double y = c.height * between(r, -0.1, 1.1);
        double reach = span(c) * between(r, 0.5, 1.2);
        int steps = r.nextBoolean() ? 40 : 4 + r.nextInt(8);
        double flat = between(r, 0.6, 1);
        for (int i = steps; i > 0; i--) {
            double share = i / (double) steps;
            c.oval(x, y, reach * share, reach * share * flat, 0, p.second().mix(p.base(), share));
        }
    }

    private static void guilloche(Canvas c, Palette p, RandomGenerator r) {
        int families = 1 + r.nextInt(3);
        for (int f = 0; f < families; f++) {
            int lines = 8 + r.nextInt(22);
            double step = c.height * between(r, 0.012, 0.06);
            double amplitude = c.height * between(r, 0.04, 0.35);
            double waves = between(r, 0.5, 5);
            double second = between(r, 0, 0.6);
            double slide = between(r, -0.25, 0.25);
            double drift = between(r, -0.5, 0.5) * c.height;
            double start = between(r, -0.1, 0.9) * c.height;
            boolean upright = r.nextInt(4) == 0;
            Colour colour = p.any(r);
            int points = 64;
            double[] xy = new double[2 * points];
            for (int i = 0; i < lines; i++) {
                for (int k = 0; k < points; k++) {
                    double t = k / (points - 1.0);
                    double phase = 2 * Math.PI * waves * t + i * slide;
                    double along = t;
                    double across = start
                            + i * step
                            + drift * t
                            + amplitude * (Math.sin(phase) + second * Math.sin(2.7 * phase + i * slide));
                    xy[2 * k] = upright ? across * c.width / c.height : along * c.width;
                    xy[2 * k + 1] = upright ? along * c.height : across;
                }
                c.polyline(false, 1, colour, xy);
            }
        }
    }

    private static void rosettes(Canvas c, Palette p, RandomGenerator r) {
        int many = 1 + r.nextInt(3);
        for (int i = 0; i < many; i++) {
            rosette(
                    c,
                    c.width * r.nextDouble(),
                    c.height * r.nextDouble(),
                    Math.min(c.width, c.height) * between(r, 0.2, 0.7),
                    p.any(r),
                    r);
        }
    }

    /** A spirograph figure: a hypotrochoid as engraved on banknotes. */
    static void rosette(Canvas c, double x, double y, double radius, Colour colour, RandomGenerator r) {
        int petals = 5 + r.nextInt(14);
        int turns = 1 + r.nextInt(4);
        double depth = between(r, 0.2, 0.6);
        int rings = 2 + r.nextInt(4);
        int points = 260;
        double[] xy = new double[2 * points];
        for (int ring = 0; ring < rings; ring++) {
            double scale = radius * (1 - 0.16 * ring);
            for (int k = 0; k < points; k++) {
                double a = 2 * Math.PI * turns * k / points;
                double rho = scale * (1 - depth + depth * Math.cos(a * petals / turns + ring * 0.4));
                xy[2 * k] = x + rho * Math.cos(a);
                xy[2 * k + 1] = y + rho * Math.sin(a);
            }
            c.polyline(true, 1, colour, xy);
        }
    }

    private static void stripes(Canvas c, Palette p, RandomGenerator r) {
        double angle = r.nextInt(3) == 0 ? 0 : r.nextDouble() * Math.PI;
        double dx = Math.cos(angle);
        double dy = Math.sin(angle);
        double reach = span(c);
        double period = reach * between(r, 0.012, 0.16);
        double share = between(r, 0.15, 0.6);
        Colour one = p.any(r);
        Colour other = r.nextBoolean() ? one : p.any(r);
        boolean random = r.nextInt(3) == 0;
        int i = 0;
        for (double t = -reach; t < reach; t += period * (random ? between(r, 0.4, 1.8) : 1)) {
            double w = period * share * (random ? between(r, 0.3, 1.5) : 1);
            bar(c, c.width / 2.0 + dy * t, c.height / 2.0 - dx * t, dx, dy, reach, w, i++ % 2 == 0 ? one : other);
        }
    }

    private static void bar(
            Canvas c, double x, double y, double dx, double dy, double reach, double width, Colour colour) {
        double ox = dy * width / 2;
        double oy = -dx * width / 2;
        c.polygon(
                colour,
                x - dx * reach + ox,
                y - dy * reach + oy,
                x + dx * reach + ox,
                y + dy * reach + oy,
                x + dx * reach - ox,
                y + dy * reach - oy,
                x - dx * reach - ox,
                y - dy * reach - oy);
    }

    private static void mosaic(Canvas c, Palette p, RandomGenerator r) {
        int columns = 5 + r.nextInt(14);
        double cell = c.width / (double) columns;
        int rows = (int) Math.ceil(c.height / cell);
        int style = r.nextInt(4);
        Colour[] colours = {p.any(r), p.any(r), p.any(r), p.base()};
        int kinds = 2 + r.nextInt(3);
        boolean regular = r.nextInt(3) == 0;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double x = column * cell;
                double y = row * cell;
                Colour colour = colours[regular ? (row + column) % kinds : r.nextInt(kinds)];
                if (!regular && r.nextInt(3) == 0) {
                    colour = colour.mix(p.second(), r.nextDouble() * 0.5);
                }
                switch (style) {
                    case 0 -> c.rectangle(x, y, cell + 1, cell + 1, colour);
                    case 1 -> {
                        boolean up = regular ? (row & 1) == 0 : r.nextBoolean();
                        c.polygon(
                                colour,
                                x,
                                up ? y : y + cell,
                                x + cell,
                                y + cell,
                                x + (up ? 0 : cell),
                                y + (up ? cell : 0));
                    }
                    case 2 ->
                        c.polygon(
                                colour,
                                x + cell / 2,
                                y - cell / 2,
                                x + cell,
                                y + cell / 2,
                                x + cell / 2,
                                y + 1.5 * cell,
                                x,
                                y + cell / 2);
                    default -> c.disc(x + cell / 2, y + cell / 2, cell * between(r, 0.2, 0.5), colour);
                }
            }
        }
    }

    private static void dotRings(Canvas c, Palette p, RandomGenerator r) {
        double x = c.width * r.nextDouble();
        double y = c.height * r.nextDouble();
        int rings = 4 + r.nextInt(9);
        double reach = span(c) * between(r, 0.4, 0.9);
        boolean dots = r.nextInt(3) != 0;
        Colour one = p.any(r);
        Colour other = p.any(r);
        for (int ring = 1; ring <= rings; ring++) {
            double radius = reach * ring / rings;
            Colour colour = one.mix(other, ring / (double) rings);
            if (dots) {
                int many = 10 + 3 * ring;
                double size = reach / rings * between(r, 0.1, 0.35);
                for (int k = 0; k < many; k++) {
                    double a = 2 * Math.PI * k / many + ring * 0.3;
                    c.disc(x + radius * Math.cos(a), y + radius * Math.sin(a), size, colour);
                }
            } else {
                c.ring(x, y, radius, reach / rings * between(r, 0.08, 0.6), colour);
            }
        }
    }

    private static void landscape(Canvas c, Palette p, RandomGenerator r) {
        Colour sky = r.nextBoolean() ? p.base() : Colour.ofHsv(between(r, 0.5, 0.65), between(r, 0.1, 0.6), 0.95);
        c.wash(1, 2, sky, sky.lighter(0.6));
        c.disc(
                c.width * r.nextDouble(),
                c.height * between(r, 0.1, 0.45),
                c.height * between(r, 0.05, 0.2),
                p.spark().lighter(0.4));
        int clouds = r.nextInt(5);
        for (int i = 0; i < clouds; i++) {
            double x = c.width * r.nextDouble();
            double y = c.height * between(r, 0.05, 0.4);
            for (int k = 0; k < 4; k++) {
                c.oval(
                        x + k * c.width * 0.03,
                        y + between(r, -1, 1) * c.height * 0.02,
                        c.width * 0.04,
                        c.height * 0.04,
                        0,
                        Colour.WHITE);
            }
        }
        int hills = 2 + r.nextInt(4);
        boolean jagged = r.nextInt(3) == 0;
        Colour ground = r.nextBoolean()
                ? p.accent()
                : Colour.ofHsv(between(r, 0.2, 0.45), between(r, 0.3, 0.8), between(r, 0.3, 0.8));
        for (int hill = 0; hill < hills; hill++) {
            double level = c.height * (0.4 + 0.5 * hill / hills + between(r, -0.05, 0.05));
            double amplitude = c.height * between(r, 0.05, 0.22);
            double waves = between(r, 0.6, 3);
            double phase = r.nextDouble() * 6;
            int points = jagged ? 12 : 40;
            double[] xy = new double[2 * points + 4];
            for (int k = 0; k < points; k++) {
                double t = k / (points - 1.0);
                xy[2 * k] = t * c.width;
                xy[2 * k + 1] = level
                        + amplitude * Math.sin(2 * Math.PI * waves * t + phase)
                        + (jagged ? amplitude * between(r, -1, 1) : 0);
            }
            xy[2 * points] = c.width;
            xy[2 * points + 1] = c.height + 5.0;
            xy[2 * points + 2] = 0;
            xy[2 * points + 3] = c.height + 5.0;
            Colour shade = ground.mix(sky, 0.7 * (1 - (hill + 1.0) / hills));
            c.polygon(shade, xy);
            int trees = r.nextInt(8);
            for (int t = 0; t < trees; t++) {
                double x = c.width * r.nextDouble();
                double y = level + amplitude * Math.sin(2 * Math.PI * waves * x / c.width + phase);
                double size = c.height * between(r, 0.03, 0.11) * (1 + hill) / 2;
                c.polygon(
                        shade.darker(0.3),
                        x,
                        y - 2 * size,
                        x + size * 0.6,
                        y + size * 0.3,
                        x - size * 0.6,
                        y + size * 0.3);
            }
        }
    }

    private static void skyline(Canvas c, Palette p, RandomGenerator r) {
        double ground = c.height * between(r, 0.75, 1.02);
        int layers = 1 + r.nextInt(3);
        for (int layer = 0; layer < layers; layer++) {
            Colour wall = p.accent().mix(p.base(), 0.6 * (1 - (layer + 1.0) / layers));
            Colour window = r.nextBoolean() ? p.spark().lighter(0.3) : wall.lighter(0.5);
            double x = -c.width * 0.05;
            while (x < c.width) {
                double w = c.width * between(r, 0.03, 0.12);
                double h = c.height * between(r, 0.15, 0.75) * (layers - layer + 1) / (layers + 1.0);
                c.rectangle(x, ground - h, w, h + c.height, wall);
                int top = r.nextInt(5);
                if (top == 0) {
                    c.polygon(wall, x, ground - h, x + w / 2, ground - h - w, x + w, ground - h);
                } else if (top == 1) {
                    c.oval(x + w / 2, ground - h, w / 2, w / 2, 0, wall);
                } else if (top == 2) {
                    c.line(x + w / 2, ground - h, x + w / 2, ground - h - w, 2, wall);
                }
                if (layer == layers - 1) {
                    double s = w / 5;
                    for (double wy = ground - h + s; wy < ground - s && s > 1.5; wy += 2 * s) {
                        for (int k = 0; k < 2; k++) {
                            if (r.nextInt(3) != 0) {
                                c.rectangle(x + s + 2 * k * s, wy, s, s, window);
                            }
                        }
                    }
                }
                x += w * between(r, 0.9, 1.6);
            }
        }
    }

    private static void flowers(Canvas c, Palette p, RandomGenerator r) {
        int many = r.nextBoolean() ? 1 + r.nextInt(2) : 5 + r.nextInt(14);
        for (int i = 0; i < many; i++) {
            double x = c.width * r.nextDouble();
            double y = c.height * r.nextDouble();
            double size = c.height * (many < 3 ? between(r, 0.3, 0.7) : between(r, 0.06, 0.2));
            Colour petal = p.any(r);
            int petals = 4 + r.nextInt(6);
            double turn = r.nextDouble();
            int layers = 1 + r.nextInt(3);
            double lean = between(r, 0.25, 0.55);
            for (int layer = 0; layer < layers; layer++) {
                double s = size * (1 - 0.3 * layer);
                for (int k = 0; k < petals; k++) {
                    double a = 2 * Math.PI * (k + turn + 0.5 * layer) / petals;
                    Colour shade = petal.mix(k % 2 == 0 ? Colour.WHITE : p.second(), 0.12 + 0.15 * layer);
                    c.oval(
                            x + 0.55 * s * Math.cos(a),
                            y + 0.55 * s * Math.sin(a),
                            0.5 * s,
                            lean * 0.5 * s,
                            Math.toDegrees(a),
                            shade);
                }
            }
            c.disc(x, y, size * 0.14, p.spark());
        }
    }

    private static void balloons(Canvas c, Palette p, RandomGenerator r) {
        int many = 8 + r.nextInt(40);
        double big = between(r, 0.04, 0.25);
        boolean rings = r.nextInt(3) == 0;
        double cx = r.nextDouble();
        double cy = r.nextDouble();
        double spread = between(r, 0.3, 1);
        for (int i = 0; i < many; i++) {
            double x = c.width * (cx + (r.nextDouble() - 0.5) * 1.6 * spread);
            double y = c.height * (cy + (r.nextDouble() - 0.5) * 1.6 * spread);
            double radius = c.height * big * between(r, 0.2, 1);
            Colour colour = r.nextInt(3) == 0 ? Colour.random(r) : p.any(r);
            if (rings) {
                c.ring(x, y, radius, radius * 0.2, colour);
            } else {
                c.oval(x, y, radius, radius * 1.1, 0, colour);
                c.disc(x - radius * 0.3, y - radius * 0.35, radius * 0.18, colour.lighter(0.6));
            }
        }
    }

    private static void stars(Canvas c, Palette p, RandomGenerator r) {
        int many = 20 + r.nextInt(110);
        for (int i = 0; i < many; i++) {
            double size = c.height * 0.004 * Math.exp(2.2 * r.nextDouble());
            c.disc(
                    c.width * r.nextDouble(),
                    c.height * r.nextDouble(),
                    size,
                    p.any(r).lighter(0.5));
        }
        int big = r.nextInt(9);
        for (int i = 0; i < big; i++) {
            double size = c.height * between(r, 0.03, 0.16);
            Ornament.star(
                    c,
                    c.width * r.nextDouble(),
                    c.height * r.nextDouble(),
                    size,
                    4 + r.nextInt(4),
                    between(r, 0.2, 0.5),
                    r.nextDouble(),
                    p.any(r));
        }
    }

    private static void ribbons(Canvas c, Palette p, RandomGenerator r) {
        int many = 2 + r.nextInt(5);
        for (int i = 0; i < many; i++) {
            double level = c.height * between(r, 0, 1);
            double amplitude = c.height * between(r, 0.05, 0.4);
            double waves = between(r, 0.3, 1.6);
            double phase = r.nextDouble() * 6;
            double thick = c.height * between(r, 0.02, 0.3);
            double tilt = c.height * between(r, -0.6, 0.6);
            double pinch = between(r, 0.3, 2);
            int points = 40;
            double[] xy = new double[4 * points];
            for (int k = 0; k < points; k++) {
                double t = k / (points - 1.0);
                double y = level + tilt * t + amplitude * Math.sin(2 * Math.PI * waves * t + phase);
                double half = thick / 2 * (1 + 0.9 * Math.sin(2 * Math.PI * pinch * t + phase));
                xy[2 * k] = t * c.width;
                xy[2 * k + 1] = y - half;
                xy[2 * (2 * points - 1 - k)] = t * c.width;
                xy[2 * (2 * points - 1 - k) + 1] = y + half;
            }
            Colour colour = p.any(r);
            c.translucent(between(r, 0.35, 1), layer -> layer.polygon(colour, xy));
        }
    }

    private static void brushed(Canvas c, Palette p, RandomGenerator r) {
        boolean upright = r.nextInt(4) == 0;
        int length = upright ? c.width : c.height;
        Colour[] grid = new Colour[length];
        double last = 0.5;
        double rough = between(r, 0.05, 0.5);
        for (int i = 0; i < length; i++) {
            last = Math.clamp(last + rough * (r.nextDouble() - 0.5), 0, 1);
            grid[i] = p.base().mix(p.second(), last);
        }
        if (upright) {
            c.wash(length, 1, grid);
        } else {
            c.wash(1, length, grid);
        }
        double x = c.width * r.nextDouble();
        c.translucent(0.25, layer -> bar(layer, x, c.height / 2.0, 0.5, 0.87, span(c), c.width * 0.25, Colour.WHITE));
    }

    private static void mascots(Canvas c, Palette p, RandomGenerator r) {
        int many = r.nextInt(3) == 0 ? 3 + r.nextInt(4) : 1 + r.nextInt(2);
        long look = r.nextLong();
        boolean same = r.nextBoolean();
        for (int i = 0; i < many; i++) {
            double size = c.height * (many > 2 ? between(r, 0.12, 0.2) : between(r, 0.2, 0.42));
            Ornament.mascot(
                    c,
                    c.width * (many > 2 ? (i + 0.5) / many : between(r, 0.2, 0.85)),
                    c.height * between(r, 0.35, 0.75),
                    size,
                    p,
                    Seeds.random(look, same ? 0 : i));
        }
    }

    private static void monogram(Canvas c, Palette p, RandomGenerator r) {
        Wording wording = new Wording(r);
        String text = wording.capitals();
        text = text.substring(0, Math.min(text.length(), 1 + r.nextInt(5)));
        double size = c.height * between(r, 0.35, 0.95);
        Typeface face = Typeface.display(r);
        double x = c.width * between(r, -0.1, 0.5);
        double y = c.height * between(r, 0.6, 1.1);
        Colour colour = p.any(r);
        if (r.nextBoolean()) {
            c.text(
                    text,
                    x + size * 0.05,
                    y + size * 0.05,
                    size,
                    face,
                    p.second().darker(0.4));
        }
        c.text(text, x, y, size, face, colour);
        if (r.nextInt(3) == 0) {
            Script.random(r).line(c, x, c.height * r.nextDouble(), c.height * 0.5, 2 + r.nextInt(3), p.any(r), r);
        }
    }

    private static void shards(Canvas c, Palette p, RandomGenerator r) {
        int many = 4 + r.nextInt(26);
        double size = span(c) * (many < 10 ? between(r, 0.3, 0.8) : between(r, 0.1, 0.4));
        for (int i = 0; i < many; i++) {
            double x = c.width * r.nextDouble();
            double y = c.height * r.nextDouble();
            double[] xy = new double[6];
            double turn = r.nextDouble() * 6.3;
            for (int k = 0; k < 3; k++) {
                double a = turn + 2.1 * k + between(r, -0.6, 0.6);
                xy[2 * k] = x + size * between(r, 0.4, 1) * Math.cos(a);
                xy[2 * k + 1] = y + size * between(r, 0.4, 1) * Math.sin(a);
            }
            c.polygon(p.any(r).mix(p.base(), r.nextDouble() * 0.7), xy);
        }
    }

    private static void honeycomb(Canvas c, Palette p, RandomGenerator r) {
        double size = c.height * between(r, 0.04, 0.14);
        boolean filled = r.nextBoolean();
        double gap = between(r, 0.75, 0.97);
        int row = 0;
        for (double y = 0; y < c.height + size; y += 1.5 * size) {
            for (double x = (row & 1) * size * 0.866; x < c.width + size; x += size * 1.732) {
                double[] xy = new double[12];
                for (int k = 0; k < 6; k++) {
                    double a = Math.PI / 3 * k + Math.PI / 6;
                    xy[2 * k] = x + gap * size * Math.cos(a);
                    xy[2 * k + 1] = y + gap * size * Math.sin(a);
                }
                if (filled) {
                    c.polygon(p.base().mix(p.any(r), r.nextDouble()), xy);
                } else {
                    c.polyline(true, 1, p.accent(), xy);
                }
            }
            row++;
        }
    }

    private static void bands(Canvas c, Palette p, RandomGenerator r, int many) {
        double angle = switch (r.nextInt(3)) {
            case 0 -> 0;
            case 1 -> Math.PI / 2;
            default -> r.nextDouble() * Math.PI;
        };
        double dx = Math.cos(angle);
        double dy = Math.sin(angle);
        for (int i = 0; i < many; i++) {
            bar(
                    c,
                    c.width * r.nextDouble(),
                    c.height * r.nextDouble(),
                    dx,
                    dy,
                    2 * span(c),
                    span(c) * between(r, 0.01, 0.3),
                    p.any(r));
        }
    }

    private static void halftone(Canvas c, Palette p, RandomGenerator r) {
        double cell = c.height * between(r, 0.03, 0.09);
        double waves = between(r, 0.5, 3);
        double angle = r.nextDouble() * 6.3;
        boolean squares = r.nextInt(4) == 0;
        Colour colour = p.any(r);
        for (double y = cell / 2; y < c.height; y += cell) {
            for (double x = cell / 2; x < c.width; x += cell) {
                double t = (x * Math.cos(angle) + y * Math.sin(angle)) / span(c);
                double radius = cell * 0.55 * Math.abs(Math.sin(Math.PI * waves * t));
                if (radius > 0.4) {
                    if (squares) {
                        c.rectangle(x - radius, y - radius, 2 * radius, 2 * radius, colour);
                    } else {
                        c.disc(x, y, radius, colour);
                    }
                }
            }
        }
    }

    private static void scribble(Canvas c, Palette p, RandomGenerator r) {
        int many = 2 + r.nextInt(8);
        for (int i = 0; i < many; i++) {
            int points = 30;
            double[] xy = new double[2 * points];
            double x = c.width * r.nextDouble();
            double y = c.height * r.nextDouble();
            double heading = r.nextDouble() * 6.3;
            double bend = between(r, -0.3, 0.3);
            double step = span(c) * between(r, 0.01, 0.04);
            for (int k = 0; k < points; k++) {
                xy[2 * k] = x;
                xy[2 * k + 1] = y;
                heading += bend + between(r, -0.35, 0.35);
                x += step * Math.cos(heading);
                y += step * Math.sin(heading);
            }
            c.polyline(false, c.height * between(r, 0.004, 0.06), p.any(r), xy);
        }
    }

    private static void rays(Canvas c, Palette p, RandomGenerator r) {
        double x = c.width * between(r, -0.1, 1.1);
        double y = c.height * between(r, -0.1, 1.2);
        int many = 8 + r.nextInt(40);
        double reach = 2 * span(c);
        double share = between(r, 0.2, 0.6);
        double swirl = r.nextInt(3) == 0 ? between(r, -0.8, 0.8) : 0;
        Colour one = p.any(r);
        Colour other = r.nextBoolean() ? one : p.any(r);
        for (int i = 0; i < many; i++) {
            double a = 2 * Math.PI * i / many;
            double b = a + 2 * Math.PI * share / many;
            c.polygon(
                    i % 2 == 0 ? one : other,
                    x,
                    y,
                    x + reach / 4 * Math.cos(a + swirl / 2),
                    y + reach / 4 * Math.sin(a + swirl / 2),
                    x + reach * Math.cos(a + swirl),
                    y + reach * Math.sin(a + swirl),
                    x + reach * Math.cos(b + swirl),
                    y + reach * Math.sin(b + swirl),
                    x + reach / 4 * Math.cos(b + swirl / 2),
                    y + reach / 4 * Math.sin(b + swirl / 2));
        }
    }

    private static void contours(Canvas c, Palette p, RandomGenerator r) {
        int hills = 2 + r.nextInt(4);
        for (int hill = 0; hill < hills; hill++) {
            double x = c.width * r.nextDouble();
            double y = c.height * r.nextDouble();
            double a1 = r.nextDouble() * 6;
            double a2 = r.nextDouble() * 6;
            int rings = 4 + r.nextInt(8);
            double step = c.height * between(r, 0.025, 0.08);
            Colour colour = p.any(r);
            int points = 60;
            double[] xy = new double[2 * points];
            for (int ring = 1; ring <= rings; ring++) {
                for (int k = 0; k < points; k++) {
                    double a = 2 * Math.PI * k / points;
                    double rho = step * ring * (1 + 0.25 * Math.sin(2 * a + a1) + 0.15 * Math.sin(3 * a + a2));
                    xy[2 * k] = x + 1.4 * rho * Math.cos(a);
                    xy[2 * k + 1] = y + rho * Math.sin(a);
                }
                c.polyline(true, 1, colour, xy);
            }
        }
    }

    private static void weave(Canvas c, Palette p, RandomGenerator r) {
        double step = c.height * between(r, 0.02, 0.08);
        Colour colour = p.any(r);
        double slant = between(r, 0.3, 1.5);
        for (double t = -c.height * slant; t < c.width + c.height * slant; t += step) {
            c.line(t, 0, t + c.height * slant, c.height, 1, colour);
            c.line(t, 0, t - c.height * slant, c.height, 1, colour);
        }
    }

    private static void curve(Canvas c, Palette p, RandomGenerator r) {
        int many = 1 + r.nextInt(3);
        for (int i = 0; i < many; i++) {
            double radius = span(c) * between(r, 0.4, 1.6);
            double a = r.nextDouble() * 6.3;
            double away = radius + c.height * between(r, -0.4, 0.4);
            double x = c.width / 2.0 + away * Math.cos(a);
            double y = c.height / 2.0 + away * Math.sin(a);
            c.disc(x, y, radius, p.any(r));
            c.ring(x, y, radius, c.height * between(r, 0.004, 0.03), p.any(r));
        }
    }

    private static void islands(Canvas c, Palette p, RandomGenerator r) {
        int many = 4 + r.nextInt(7);
        boolean dotted = r.nextBoolean();
        Colour colour = p.any(r);
        for (int i = 0; i < many; i++) {
            double x = c.width * r.nextDouble();
            double y = c.height * r.nextDouble();
            double size = c.height * between(r, 0.06, 0.3);
            int points = 18;
            double[] xy = new double[2 * points];
            for (int k = 0; k < points; k++) {
                double a = 2 * Math.PI * k / points;
                double rho = size * between(r, 0.6, 1.3);
                xy[2 * k] = x + 1.2 * rho * Math.cos(a);
                xy[2 * k + 1] = y + rho * Math.sin(a);
            }
            c.polygon(colour, xy);
        }
        if (dotted) {
            double step = Math.max(3, c.height * between(r, 0.02, 0.04));
            for (double y = 0; y < c.height; y += step) {
                c.line(0, y, c.width, y, step * 0.4, p.base());
            }
        }
    }

    /** Shaded solids before a cloudy ground: the nearest to a product photograph. */
    private static void spheres(Canvas c, Palette p, RandomGenerator r) {
        if (r.nextBoolean()) {
            clouds(c, p, r);
        }
        int many = 1 + r.nextInt(9);
        double big = many < 3 ? between(r, 0.25, 0.6) : between(r, 0.08, 0.3);
        double lightX = between(r, -0.5, 0.5);
        boolean same = r.nextBoolean();
        Colour common = p.any(r);
        for (int i = 0; i < many; i++) {
            double x = c.width * r.nextDouble();
            double y = c.height * between(r, 0.15, 0.9);
            double radius = c.height * big * between(r, 0.5, 1);
            double flat = between(r, 0.7, 1.2);
            Colour colour = same ? common : Colour.random(r);
            c.translucentPart(
                    x - 1.3 * radius,
                    y + radius * 0.6,
                    2.6 * radius,
                    radius,
                    0.4,
                    shadow -> shadow.oval(
                            shadow.width / 2.0, shadow.height / 2.0, radius * 1.2, radius * 0.3, 0, Colour.BLACK));
            int steps = 12;
            for (int step = 0; step < steps; step++) {
                double share = step / (double) steps;
                Colour shade = share < 0.6 ? colour.darker(0.6 - share) : colour.lighter(2 * (share - 0.6));
                c.oval(
                        x + lightX * radius * share,
                        y - 0.4 * radius * share,
                        radius * (1 - share),
                        radius * flat * (1 - share),
                        0,
                        shade);
            }
        }
    }

    private static void collage(Canvas c, Palette p, RandomGenerator r) {
        int many = 2 + r.nextInt(5);
        boolean stripes = r.nextBoolean();
        for (int i = 0; i < many; i++) {
            double x = stripes ? c.width * i / (double) many : c.width * between(r, -0.1, 0.8);
            double y = stripes ? 0 : c.height * between(r, -0.1, 0.8);
            double w = stripes ? c.width / (double) many : c.width * between(r, 0.15, 0.6);
            double h = stripes ? c.height : c.height * between(r, 0.2, 0.8);
            Palette other = r.nextBoolean() ? Palette.bold(r) : p;
            // Not values().length: a collage within a collage would have no end.
            Artwork inner = values()[r.nextInt(COLLAGE.ordinal())];
            long seed = r.nextLong();
            c.translucentPart(x, y, w, h, 1, part -> inner.paint(part, other, 1, seed));
        }
    }

    private static void softFocus(Canvas c, Palette p, RandomGenerator r) {
        Artwork inner = values()[r.nextInt(COLLAGE.ordinal())];
        inner.paint(c, r.nextBoolean() ? Palette.bold(r) : p, 1, r.nextLong());
        double sigma = c.height * between(r, 0.01, 0.06);
        try (Size kernel = new Size(0, 0)) {
            GaussianBlur(c.image(), c.image(), kernel, sigma);
        }
        if (r.nextBoolean()) {
            balloons(c, p, r);
        }
    }

    private static void brush(Canvas c, Palette p, RandomGenerator r) {
        Script script = Script.random(r);
        Colour colour = p.any(r);
        int letters = 1 + r.nextInt(3);
        double size = c.height * between(r, 0.4, 1);
        double x = c.width * between(r, 0, 0.6);
        double y = c.height * between(r, 0.8, 1);
        long choice = r.nextLong();
        for (int i = 2; i >= 0; i--) {
            double nudge = size * 0.025 * i;
            Colour shade = i == 0 ? colour : p.second().darker(0.3);
            script.line(c, x + nudge, y + nudge, size, letters, shade, Seeds.random(choice, 0));
        }
    }

    /** Fine grain as of print and paper; keeps flat areas from being exactly flat. */
    static void grain(Canvas canvas, double strength, RandomGenerator random) {
        try (Mat grain = Grain.cut(canvas.width, canvas.height, random)) {
            addWeighted(canvas.image(), 1, grain, strength, -128 * strength, canvas.image());
        }
    }
}
