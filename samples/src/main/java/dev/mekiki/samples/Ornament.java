package dev.mekiki.samples;

import java.util.random.RandomGenerator;

/** The parts that documents are furnished with: portraits, emblems, chips, codes, stamps, signatures. */
final class Ornament {
    private static final Typeface SEAL_FACE = Typeface.PLAIN;

    private Ornament() {}

    private static double between(RandomGenerator r, double low, double high) {
        return low + (high - low) * r.nextDouble();
    }

    static void star(
            Canvas c, double x, double y, double radius, int points, double waist, double turn, Colour colour) {
        double[] xy = new double[4 * points];
        for (int k = 0; k < 2 * points; k++) {
            double a = Math.PI * k / points - Math.PI / 2 + turn;
            double rho = k % 2 == 0 ? radius : radius * waist;
            xy[2 * k] = x + rho * Math.cos(a);
            xy[2 * k + 1] = y + rho * Math.sin(a);
        }
        c.polygon(colour, xy);
    }

    /** A drawn head and shoulders inside a rectangle, over a plain or shaded ground. */
    static void portrait(Canvas c, double x, double y, double w, double h, Colour tint, RandomGenerator r) {
        boolean grey = r.nextInt(4) == 0;
        double tinted = r.nextInt(3) == 0 ? between(r, 0.2, 0.6) : 0;
        Colour skin = tone(
                Colour.ofHsv(between(r, 0.03, 0.1), between(r, 0.2, 0.6), between(r, 0.35, 0.97)), grey, tint, tinted);
        Colour hair = tone(
                r.nextInt(4) == 0
                        ? Colour.ofHsv(0.1, between(r, 0, 0.6), between(r, 0.6, 0.95))
                        : Colour.ofHsv(between(r, 0, 0.12), between(r, 0.1, 0.8), between(r, 0.04, 0.5)),
                grey,
                tint,
                tinted);
        Colour cloth = tone(Colour.random(r), grey, tint, tinted);
        Colour ground = tone(Colour.ofHsv(r.nextDouble(), between(r, 0, 0.35), between(r, 0.6, 1)), grey, tint, tinted);
        Colour dark = tone(new Colour(40, 28, 24), grey, tint, tinted);
        c.rectangle(x, y, w, h, ground);
        c.translucentPart(x, y, w, h, 1, part -> {
            double pw = part.width;
            double ph = part.height;
            double cx = pw * between(r, 0.46, 0.54);
            double cy = ph * between(r, 0.42, 0.5);
            double fw = pw * between(r, 0.2, 0.26);
            double fh = Math.min(fw * between(r, 1.2, 1.5), ph * 0.34);
            int style = r.nextInt(5);
            part.wash(1, 2, ground, ground.mix(Colour.WHITE, 0.3));
            if (style >= 3) {
                part.roundedRectangle(cx - fw * 1.3, cy - fh * 1.15, fw * 2.6, fh * between(r, 2.2, 3.4), fw, hair);
            }
            part.oval(cx, ph * 1.04, pw * between(r, 0.38, 0.52), ph * between(r, 0.2, 0.27), 0, cloth);
            part.polygon(
                    skin.darker(0.12),
                    cx - fw * 0.45,
                    cy + fh * 0.6,
                    cx + fw * 0.45,
                    cy + fh * 0.6,
                    cx + fw * 0.55,
                    ph * 0.88,
                    cx - fw * 0.55,
                    ph * 0.88);
            if (r.nextInt(2) == 0) {
                part.polygon(
                        Colour.WHITE.mix(tint, tinted),
                        cx - fw * 0.7,
                        ph * 0.82,
                        cx,
                        ph * 1.02,
                        cx + fw * 0.7,
                        ph * 0.82,
                        cx + fw * 0.3,
                        ph * 1.1,
                        cx - fw * 0.3,
                        ph * 1.1);
            }
            part.oval(cx - fw, cy, fw * 0.14, fh * 0.2, 0, skin.darker(0.1));
            part.oval(cx + fw, cy, fw * 0.14, fh * 0.2, 0, skin.darker(0.1));
            if (style > 0) {
                part.oval(cx, cy - fh * between(r, 0.18, 0.3), fw * 1.12, fh * between(r, 0.85, 1.05), 0, hair);
            }
            part.oval(cx, cy + fh * 0.06, fw, fh * 0.97, 0, skin);
            part.oval(cx + fw * 0.35, cy + fh * 0.1, fw * 0.6, fh * 0.8, 0, skin.darker(0.04));
            if (style == 2) {
                part.arc(cx, cy - fh * 0.55, fw * 0.95, fh * 0.45, 0, 180, 360, -1, hair);
            }
            double eyes = cy - fh * between(r, 0.02, 0.15);
            double apart = fw * between(r, 0.36, 0.46);
            double eye = Math.max(1.2, fw * between(r, 0.09, 0.15));
            for (int side = -1; side <= 1; side += 2) {
                part.oval(cx + side * apart, eyes, eye * 1.7, eye, 0, Colour.WHITE.mix(skin, 0.15));
                part.disc(cx + side * apart, eyes, eye * 0.8, dark);
                part.line(
                        cx + side * apart - eye * 2,
                        eyes - eye * 2.1,
                        cx + side * apart + eye * 2,
                        eyes - eye * 2.1 - side * between(r, -1, 1),
                        fw * between(r, 0.06, 0.12),
                        hair.darker(0.2));
            }
            if (r.nextInt(4) == 0) {
                part.ring(cx - apart, eyes, eye * 2.6, fw * 0.05, dark);
                part.ring(cx + apart, eyes, eye * 2.6, fw * 0.05, dark);
                part.line(cx - apart + eye * 2.6, eyes, cx + apart - eye * 2.6, eyes, fw * 0.05, dark);
            }
            part.line(cx, eyes + fh * 0.1, cx - fw * 0.1, cy + fh * 0.32, fw * 0.06, skin.darker(0.3));
            part.line(cx - fw * 0.1, cy + fh * 0.32, cx + fw * 0.1, cy + fh * 0.34, fw * 0.06, skin.darker(0.3));
            part.arc(
                    cx,
                    cy + fh * between(r, 0.45, 0.56),
                    fw * between(r, 0.25, 0.45),
                    fh * 0.1,
                    0,
                    10,
                    170,
                    fw * 0.1,
                    skin.mix(new Colour(150, 40, 50), grey ? 0.1 : 0.5).darker(0.15));
            int beard = r.nextInt(6);
            if (beard == 0) {
                part.arc(cx, cy + fh * 0.3, fw * 0.95, fh * 0.72, 0, 20, 160, fw * 0.3, hair);
            } else if (beard == 1) {
                part.oval(cx, cy + fh * 0.42, fw * 0.42, fh * 0.07, 0, hair);
            }
        });
    }

    private static Colour tone(Colour colour, boolean grey, Colour tint, double tinted) {
        int luma = (int) Math.round(colour.luma());
        Colour toned = grey ? new Colour(luma, luma, luma) : colour;
        return toned.mix(tint, tinted);
    }

    /** A cartoon animal's face. */
    static void mascot(Canvas c, double x, double y, double size, Palette p, RandomGenerator r) {
        Colour fur = r.nextBoolean() ? p.any(r) : Colour.random(r).lighter(0.3);
        Colour inner = fur.mix(Colour.WHITE, 0.5);
        Colour dark = fur.luma() > 90 ? Colour.BLACK.mix(fur, 0.15) : Colour.WHITE;
        double earSize = size * between(r, 0.25, 0.6);
        double earHeight = between(r, 0.5, 1);
        int ears = r.nextInt(4);
        for (int side = -1; side <= 1; side += 2) {
            double ex = x + side * size * between(r, 0.55, 0.7);
            double ey = y - size * earHeight;
            switch (ears) {
                case 0 -> {
                    c.disc(ex, ey, earSize, fur);
                    c.disc(ex, ey, earSize * 0.55, inner);
                }
                case 1 ->
                    c.polygon(
                            fur,
                            ex - earSize,
                            y - size * 0.3,
                            ex + side * earSize * 0.4,
                            ey - earSize,
                            ex + earSize,
                            y - size * 0.3);
                case 2 -> c.oval(ex, ey, earSize * 0.4, earSize * 1.4, side * 15, fur);
                default -> c.oval(x + side * size, y, earSize * 0.5, earSize * 1.2, -side * 20, fur.darker(0.2));
            }
        }
        if (r.nextBoolean()) {
            c.oval(x, y + size * 1.5, size * 0.8, size * 0.9, 0, r.nextBoolean() ? fur : p.any(r));
        }
        c.oval(x, y, size, size * between(r, 0.8, 1.05), 0, fur);
        if (r.nextBoolean()) {
            c.oval(x, y + size * 0.35, size * 0.55, size * 0.4, 0, inner);
        }
        double apart = size * between(r, 0.28, 0.45);
        double eye = size * between(r, 0.08, 0.2);
        for (int side = -1; side <= 1; side += 2) {
            if (eye > size * 0.13) {
                c.disc(x + side * apart, y - size * 0.1, eye, Colour.WHITE);
            }
            c.disc(x + side * apart, y - size * 0.1, eye * 0.6, dark);
            if (r.nextBoolean()) {
                c.disc(x + side * size * 0.6, y + size * 0.25, size * 0.13, new Colour(240, 150, 160));
            }
        }
        c.oval(x, y + size * 0.2, size * between(r, 0.06, 0.2), size * 0.1, 0, dark);
        c.arc(x, y + size * 0.3, size * 0.25, size * 0.2, 0, 15, 165, size * 0.05, dark);
    }

    /** The issuer's emblem: a shield, disc or star with a charge; the same random state gives the same emblem. */
    static void emblem(Canvas c, double x, double y, double radius, Colour one, Colour other, RandomGenerator r) {
        switch (r.nextInt(7)) {
            case 0 -> {
                double[] xy = {
                    x - radius * 0.8,
                    y - radius,
                    x + radius * 0.8,
                    y - radius,
                    x + radius * 0.8,
                    y + radius * 0.2,
                    x,
                    y + radius,
                    x - radius * 0.8,
                    y + radius * 0.2
                };
                c.polygon(one, xy);
                c.polyline(true, radius * 0.08, other, xy);
            }
            case 1 -> {
                c.disc(x, y, radius, one);
                c.ring(x, y, radius * 0.82, radius * 0.06, other);
            }
            case 2 -> star(c, x, y, radius, 8 + r.nextInt(9), between(r, 0.7, 0.9), 0, one);
            case 3 ->
                c.roundedRectangle(x - radius, y - radius, 2 * radius, 2 * radius, radius * between(r, 0, 0.6), one);
            case 4 -> c.polygon(one, x, y - radius, x + radius, y, x, y + radius, x - radius, y);
            case 5 -> {
                c.oval(x - radius * 0.45, y, radius * 0.55, radius * 0.9, -25, one);
                c.oval(x + radius * 0.45, y, radius * 0.55, radius * 0.9, 25, one.mix(other, 0.3));
            }
            default -> {
                int leaves = 4 + r.nextInt(5);
                for (int k = 0; k < leaves; k++) {
                    double a = 2 * Math.PI * k / leaves;
                    c.oval(
                            x + radius * 0.5 * Math.cos(a),
                            y + radius * 0.5 * Math.sin(a),
                            radius * 0.5,
                            radius * 0.25,
                            Math.toDegrees(a),
                            k % 2 == 0 ? one : one.lighter(0.2));
                }
            }
        }
        double s = radius * 0.55;
        switch (r.nextInt(9)) {
            case 0 -> star(c, x, y, s, 5, 0.4, 0, other);
            case 1 -> {
                c.rectangle(x - s * 0.2, y - s, s * 0.4, 2 * s, other);
                c.rectangle(x - s, y - s * 0.3, 2 * s, s * 0.4, other);
            }
            case 2 -> {
                c.disc(x, y, s, other);
                c.disc(x + s * 0.4, y - s * 0.1, s * 0.8, one);
            }
            case 3 -> {
                for (int k = -1; k <= 1; k++) {
                    c.arc(x, y + k * s * 0.5, s, s * 0.4, 0, 200, 340, s * 0.18, other);
                }
            }
            case 4 ->
                c.polygon(
                        other,
                        x - s,
                        y + s * 0.7,
                        x - s * 0.3,
                        y - s * 0.7,
                        x + s * 0.1,
                        y + s * 0.1,
                        x + s * 0.4,
                        y - s * 0.3,
                        x + s,
                        y + s * 0.7);
            case 5 -> {
                c.line(x, y - s, x, y + s, s * 0.15, other);
                c.arc(x, y, s * 0.8, s, 0, 0, 180, s * 0.18, other);
                c.ring(x, y - s * 0.9, s * 0.25, s * 0.12, other);
            }
            case 6 -> {
                for (int k = 0; k < 3; k++) {
                    double a = 2 * Math.PI * k / 3 - Math.PI / 2;
                    c.disc(x + s * 0.6 * Math.cos(a), y + s * 0.6 * Math.sin(a), s * 0.42, other);
                }
            }
            case 7 -> {
                String letters = new Wording(r).capitals().substring(0, 1 + r.nextInt(2));
                c.textCentred(
                        letters,
                        x,
                        y + s * 0.6,
                        1.6 * s,
                        1.3 * s,
                        new Typeface(Typeface.display(r).font(), 0.18),
                        other);
            }
            default -> c.ring(x, y, s * 0.7, s * 0.4, other);
        }
    }

    static void flag(Canvas c, double x, double y, double w, double h, RandomGenerator r) {
        Colour[] colours = {Colour.random(r), Colour.random(r), Colour.WHITE, Colour.random(r)};
        int parts = 2 + r.nextInt(2);
        boolean upright = r.nextBoolean();
        for (int i = 0; i < parts; i++) {
            if (upright) {
                c.rectangle(x + w * i / parts, y, w / parts + 1, h, colours[i]);
            } else {
                c.rectangle(x, y + h * i / parts, w, h / parts + 1, colours[i]);
            }
        }
        switch (r.nextInt(5)) {
            case 0 -> c.disc(x + w * 0.5, y + h * 0.5, h * 0.25, colours[3]);
            case 1 -> c.polygon(colours[3], x, y, x + w * 0.45, y + h / 2, x, y + h);
            case 2 -> star(c, x + w * 0.3, y + h * 0.5, h * 0.3, 5, 0.4, 0, colours[3]);
            case 3 -> {
                c.rectangle(x + w * 0.28, y, w * 0.14, h, colours[3]);
                c.rectangle(x, y + h * 0.4, w, h * 0.2, colours[3]);
            }
            default -> {}
        }
    }

    /** Contact chip of a smart card; real ones come in a dozen contact patterns, in gold or silver. */
    static void chip(Canvas c, double x, double y, double w, RandomGenerator r) {
        double h = w * between(r, 0.72, 0.85);
        Colour metal = r.nextInt(3) == 0
                ? Colour.ofHsv(0.6, 0.05, between(r, 0.65, 0.85))
                : Colour.ofHsv(between(r, 0.1, 0.14), between(r, 0.3, 0.65), between(r, 0.7, 0.95));
        Colour groove = metal.darker(0.55);
        c.roundedRectangle(x, y, w, h, w * 0.14, metal);
        c.polygon(
                metal.lighter(0.35),
                x + w * 0.1,
                y + h * 0.05,
                x + w * 0.45,
                y + h * 0.05,
                x + w * 0.2,
                y + h * 0.95,
                x + w * 0.05,
                y + h * 0.95);
        c.roundedFrame(x, y, w, h, w * 0.14, 1, groove);
        double pen = w * 0.025;
        int style = r.nextInt(4);
        double cw = w * between(r, 0.14, 0.24);
        double ch = h * between(r, 0.18, 0.34);
        double cx = x + w / 2;
        double cy = y + h / 2;
        if (style == 0) {
            c.roundedFrame(cx - cw, cy - ch, 2 * cw, 2 * ch, cw * 0.6, pen, groove);
        } else if (style == 1) {
            c.ring(cx, cy, cw, pen, groove);
        } else {
            c.frame(cx - cw, cy - ch, 2 * cw, 2 * ch, pen, groove);
        }
        int rows = 2 + r.nextInt(2);
        for (int i = 1; i < rows + 1; i++) {
            double ly = y + h * i / (rows + 1);
            c.line(x, ly, cx - cw, ly, pen, groove);
            c.line(cx + cw, ly, x + w, ly, pen, groove);
        }
        if (style == 3) {
            c.line(cx, y, cx, cy - ch, pen, groove);
            c.line(cx, cy + ch, cx, y + h, pen, groove);
        }
    }

    /** The waves that mark contactless cards. */
    static void waves(Canvas c, double x, double y, double size, Colour colour) {
        for (int i = 1; i <= 4; i++) {
            c.arc(x, y, size * i / 4, size * i / 4, 0, -38, 38, size * 0.1, colour);
        }
    }

    /** An invented payment scheme's mark, 1 wide and about 0.62 high per unit of {@code w}. */
    static void scheme(Canvas c, double x, double y, double w, int brand, RandomGenerator r) {
        double h = w * 0.62;
        switch (brand % 6) {
            case 0 -> {
                c.disc(x + w * 0.33, y + h / 2, h / 2, new Colour(210, 40, 60));
                c.translucentPart(
                        x,
                        y,
                        w,
                        h,
                        0.8,
                        part -> part.disc(
                                part.width * 0.67, part.height / 2.0, part.height / 2.0, new Colour(240, 170, 40)));
                c.textCentred("OrbisPay", x + w / 2, y + h * 0.58, w * 0.8, h * 0.2, Typeface.HEAVY, Colour.WHITE);
            }
            case 1 -> {
                c.rectangle(x, y + h * 0.1, w, h * 0.8, Colour.WHITE);
                c.textCentred(
                        "VELO",
                        x + w / 2,
                        y + h * 0.7,
                        w * 0.85,
                        h * 0.42,
                        new Typeface(Typeface.HEAVY.font() | 16, 0.25),
                        new Colour(25, 40, 130));
                c.rectangle(x, y + h * 0.78, w, h * 0.12, new Colour(230, 160, 40));
            }
            case 2 -> {
                Colour[] bars = {new Colour(30, 80, 170), new Colour(200, 30, 60), new Colour(30, 140, 80)};
                for (int i = 0; i < 3; i++) {
                    c.roundedRectangle(x + w * (0.08 + 0.29 * i), y, w * 0.26, h, w * 0.1, bars[i]);
                    c.textCentred(
                            "KTC".substring(i, i + 1),
                            x + w * (0.21 + 0.29 * i),
                            y + h * 0.62,
                            w,
                            h * 0.3,
                            Typeface.HEAVY,
                            Colour.WHITE);
                }
            }
            case 3 -> {
                c.polygon(new Colour(200, 40, 50), x + w * 0.12, y, x + w * 0.45, y, x + w * 0.35, y + h, x, y + h);
                c.polygon(
                        new Colour(20, 70, 120),
                        x + w * 0.45,
                        y,
                        x + w * 0.75,
                        y,
                        x + w * 0.65,
                        y + h,
                        x + w * 0.35,
                        y + h);
                c.polygon(
                        new Colour(20, 120, 120), x + w * 0.75, y, x + w, y, x + w * 0.93, y + h, x + w * 0.65, y + h);
                c.textCentred("Unio", x + w / 2, y + h * 0.65, w * 0.7, h * 0.35, Typeface.HEAVY, Colour.WHITE);
            }
            case 4 -> {
                c.roundedRectangle(x, y, w, h, h * 0.15, new Colour(30, 110, 190));
                c.textCentred("NORDEX", x + w / 2, y + h * 0.65, w * 0.85, h * 0.35, Typeface.HEAVY, Colour.WHITE);
            }
            default -> {
                Colour colour = Colour.random(r);
                c.ring(x + w * 0.35, y + h / 2, h * 0.42, h * 0.14, colour);
                c.ring(x + w * 0.65, y + h / 2, h * 0.42, h * 0.14, colour.mix(Colour.WHITE, 0.4));
            }
        }
    }

    static void barcode(Canvas c, double x, double y, double w, double h, RandomGenerator r) {
        c.rectangle(x, y, w, h, Colour.WHITE);
        double unit = Math.max(1, w / between(r, 70, 130));
        double at = x + 3 * unit;
        while (at < x + w - 4 * unit) {
            double bar = unit * (1 + r.nextInt(3));
            c.rectangle(at, y + h * 0.06, Math.max(1, bar), h * 0.88, Colour.BLACK);
            at += bar + unit * (1 + r.nextInt(3));
        }
    }

    /** Square code blocks; {@code finder} draws the three corner marks of QR-like codes. */
    static void matrixCode(Canvas c, double x, double y, double size, RandomGenerator r) {
        int cells = 17 + 4 * r.nextInt(4);
        boolean finder = r.nextInt(4) != 0;
        double cell = size / (cells + 4.0);
        c.rectangle(x, y, size, size, Colour.WHITE);
        double x0 = x + 2 * cell;
        double y0 = y + 2 * cell;
        for (int row = 0; row < cells; row++) {
            for (int column = 0; column < cells; column++) {
                boolean corner = finder
                        && ((row < 8 && column < 8)
                                || (row < 8 && column > cells - 9)
                                || (row > cells - 9 && column < 8));
                if (!corner && r.nextBoolean()) {
                    c.rectangle(x0 + column * cell, y0 + row * cell, cell + 0.5, cell + 0.5, Colour.BLACK);
                }
            }
        }
        if (finder) {
            double[] corners = {0, 0, cells - 7, 0, 0, cells - 7};
            for (int i = 0; i < 6; i += 2) {
                double fx = x0 + corners[i] * cell;
                double fy = y0 + corners[i + 1] * cell;
                c.rectangle(fx, fy, 7 * cell, 7 * cell, Colour.BLACK);
                c.rectangle(fx + cell, fy + cell, 5 * cell, 5 * cell, Colour.WHITE);
                c.rectangle(fx + 2 * cell, fy + 2 * cell, 3 * cell, 3 * cell, Colour.BLACK);
            }
        }
    }

    static void signature(Canvas c, double x, double y, double w, double h, Colour ink, RandomGenerator r) {
        if (r.nextInt(3) == 0) {
            c.textWithin(
                    new Wording(r).name() + " " + new Wording(r).name(),
                    x,
                    y + h * 0.7,
                    w,
                    h * 0.5,
                    Typeface.SCRIPT,
                    ink);
        }
        int points = 90;
        double[] xy = new double[2 * points];
        double loops = between(r, 4, 11);
        double phase = r.nextDouble() * 6;
        double fade = between(r, 0, 0.8);
        double second = between(r, 0.2, 0.8);
        for (int k = 0; k < points; k++) {
            double t = k / (points - 1.0);
            double height = h * 0.4 * (1 - fade * t);
            xy[2 * k] = x + w * t + h * 0.25 * Math.cos(loops * 6.28 * t + phase);
            xy[2 * k + 1] = y
                    + h * 0.5
                    + height * (Math.sin(loops * 6.28 * t) * 0.7 + second * Math.sin(loops * 2.3 * t + phase));
        }
        c.polyline(false, Math.max(1, h * 0.04), ink, xy);
        if (r.nextBoolean()) {
            c.line(
                    x,
                    y + h * between(r, 0.7, 1),
                    x + w * between(r, 0.6, 1.1),
                    y + h * between(r, 0.5, 0.9),
                    Math.max(1, h * 0.03),
                    ink);
        }
    }

    /** A rubber stamp: rings or a box with words, translucent, turned. */
    static void stamp(Canvas c, double x, double y, double radius, Colour ink, double opacity, RandomGenerator r) {
        Wording wording = new Wording(r);
        c.translucentPart(x - 1.3 * radius, y - 1.3 * radius, 2.6 * radius, 2.6 * radius, opacity, part -> {
            double cx = part.width / 2.0;
            double cy = part.height / 2.0;
            if (r.nextInt(3) == 0) {
                double turn = between(r, -0.35, 0.35);
                double[] xy = new double[8];
                double[] signs = {-1, -1, 1, -1, 1, 1, -1, 1};
                for (int k = 0; k < 8; k += 2) {
                    double px = signs[k] * radius;
                    double py = signs[k + 1] * radius * 0.5;
                    xy[k] = cx + px * Math.cos(turn) - py * Math.sin(turn);
                    xy[k + 1] = cy + px * Math.sin(turn) + py * Math.cos(turn);
                }
                part.polyline(true, radius * 0.07, ink, xy);
                part.textCentred(
                        wording.capitals(), cx, cy + radius * 0.05, 1.6 * radius, radius * 0.32, Typeface.HEAVY, ink);
                part.textCentred(
                        wording.date(), cx, cy + radius * 0.38, 1.3 * radius, radius * 0.2, Typeface.PLAIN, ink);
            } else {
                part.ring(cx, cy, radius, radius * 0.06, ink);
                part.ring(cx, cy, radius * 0.68, radius * 0.03, ink);
                ringText(part, cx, cy, radius * 0.76, radius * 0.16, wording, ink);
                emblem(part, cx, cy, radius * 0.4, ink, Colour.WHITE, r);
            }
        });
    }

    /** Letters set around a circle, each upright: stroke fonts cannot be turned. */
    private static void ringText(
            Canvas c, double x, double y, double radius, double size, Wording wording, Colour ink) {
        String text = wording.capitals() + "-" + wording.capitals() + "-" + wording.capitals() + "-";
        int letters = Math.min(text.length(), 22);
        for (int i = 0; i < letters; i++) {
            double a = 2 * Math.PI * i / letters - Math.PI / 2;
            c.textCentred(
                    text.substring(i, i + 1),
                    x + radius * 1.1 * Math.cos(a),
                    y + radius * 1.1 * Math.sin(a) + size / 2,
                    2 * size,
                    size,
                    SEAL_FACE,
                    ink);
        }
    }

    /** A wax or foil seal with a jagged edge, perhaps with ribbons. */
    static void seal(Canvas c, double x, double y, double radius, Colour colour, RandomGenerator r) {
        if (r.nextBoolean()) {
            Colour ribbon = Colour.random(r);
            c.polygon(
                    ribbon,
                    x - radius * 0.5,
                    y,
                    x - radius * 0.9,
                    y + radius * 2,
                    x - radius * 0.5,
                    y + radius * 1.8,
                    x - radius * 0.2,
                    y + radius * 2,
                    x,
                    y);
            c.polygon(
                    ribbon.darker(0.2),
                    x,
                    y,
                    x + radius * 0.2,
                    y + radius * 2,
                    x + radius * 0.5,
                    y + radius * 1.8,
                    x + radius * 0.9,
                    y + radius * 2,
                    x + radius * 0.5,
                    y);
        }
        star(c, x, y, radius, 16 + r.nextInt(20), 0.88, 0, colour);
        c.disc(x, y, radius * 0.8, colour.lighter(0.2));
        c.ring(x, y, radius * 0.7, radius * 0.04, colour.darker(0.3));
        emblem(c, x, y, radius * 0.5, colour.darker(0.25), colour.lighter(0.5), r);
    }

    /** An iridescent security patch. */
    static void hologram(Canvas c, double x, double y, double w, double h, RandomGenerator r) {
        double hue = r.nextDouble();
        boolean round = r.nextBoolean();
        double opacity = between(r, 0.5, 0.95);
        c.translucentPart(x, y, w, h, opacity, part -> {
            Colour edge = Colour.ofHsv(hue, 0.15, 0.8);
            if (round) {
                part.oval(part.width / 2.0, part.height / 2.0, part.width * 0.48, part.height * 0.48, 0, edge);
            } else {
                part.roundedRectangle(0, 0, part.width, part.height, part.height * 0.1, edge);
            }
            int rings = 7;
            for (int i = rings; i > 0; i--) {
                double share = 0.44 * i / rings;
                part.oval(
                        part.width / 2.0,
                        part.height / 2.0,
                        part.width * share,
                        part.height * share,
                        0,
                        Colour.ofHsv(hue + 0.11 * i, 0.35, 0.92));
            }
            star(part, part.width / 2.0, part.height / 2.0, part.height * 0.25, 5 + r.nextInt(6), 0.5, 0, Colour.WHITE);
        });
    }
}
