package dev.mekiki.samples;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/** Prints one document of a design onto a canvas; used once. */
final class Printer {
    private final Canvas c;
    private final DocumentDesign design;
    private final RandomGenerator layout;
    private final RandomGenerator holder;
    private final long faceSeed;
    private final Wording words;
    private final Wording personal;
    private final Palette palette;
    private final long emblemSeed;
    private final Typeface titleFace;
    private final Typeface bodyFace;
    private final Script script;
    private final boolean foreign;
    private final double w;
    private final double h;
    /** A hundredth of the shorter side. */
    private final double u;

    Printer(Canvas canvas, DocumentDesign design, long holderSeed) {
        this.c = canvas;
        this.design = design;
        RandomGenerator family = Seeds.random(design.family(), 2);
        this.layout = Seeds.random(design.generation(), 3);
        this.holder = Seeds.random(holderSeed, 4);
        this.faceSeed = holder.nextLong();
        this.words = new Wording(layout);
        this.personal = new Wording(holder);
        this.palette = switch (design.kind()) {
            case BANK_CARD, MEMBERSHIP_CARD -> Palette.bold(family);
            case TICKET -> family.nextBoolean() ? Palette.bold(family) : Palette.pale(family);
            default -> Palette.pale(family);
        };
        this.emblemSeed = family.nextLong();
        this.titleFace = Typeface.display(family);
        this.bodyFace = Typeface.body(family);
        this.script = Script.random(family);
        this.foreign = family.nextInt(3) == 0;
        this.w = canvas.width;
        this.h = canvas.height;
        this.u = Math.min(w, h) / 100.0;
    }

    void print() {
        switch (design.kind()) {
            case BANK_CARD -> bankCard();
            case IDENTITY_CARD -> identityCard();
            case PASSPORT_PAGE -> passportPage();
            case MEMBERSHIP_CARD -> membershipCard();
            case CERTIFICATE -> certificate();
            case TICKET -> ticket();
            case VOUCHER -> voucher();
            case FORM -> form();
            case LETTER -> letter();
            case INVOICE -> invoice();
        }
        Artwork.grain(c, 0.03 + 0.08 * layout.nextDouble(), holder);
    }

    private double between(double low, double high) {
        return low + (high - low) * layout.nextDouble();
    }

    private boolean chance(double share) {
        return layout.nextDouble() < share;
    }

    private Artwork one(Artwork... from) {
        return from[layout.nextInt(from.length)];
    }

    private void emblem(double x, double y, double radius) {
        emblem(x, y, radius, palette.accent(), palette.base());
    }

    private void emblem(double x, double y, double radius, Colour one, Colour other) {
        Ornament.emblem(c, x, y, radius, one, other, Seeds.random(emblemSeed, 0));
    }

    private void title(double x, double y, double maxWidth, double size, Colour colour) {
        if (foreign && chance(0.6)) {
            int length = Math.max(2, (int) Math.min(7, maxWidth / (size * 1.4)));
            script.line(c, x, y, size * 1.2, length, colour, Seeds.random(emblemSeed, 1));
            if (chance(0.7)) {
                c.textWithin(design.title(), x, y + size, maxWidth, size * 0.5, titleFace, colour);
            }
        } else {
            c.textWithin(design.title(), x, y, maxWidth, size, titleFace, colour);
        }
    }

    /** Text with a bright and a dark rim, as pressed into plastic. */
    private void embossed(String text, double x, double y, double maxWidth, double size, Typeface face, Colour colour) {
        double edge = Math.max(1, size * 0.06);
        c.textWithin(
                text,
                x + edge,
                y + edge,
                maxWidth,
                size,
                face,
                colour.luma() > 128 ? colour.darker(0.75) : colour.lighter(0.6));
        c.textWithin(text, x, y, maxWidth, size, face, colour);
    }

    private void overlays(int most, double strength) {
        int many = layout.nextInt(most + 1);
        for (int i = 0; i < many; i++) {
            Palette colours = chance(0.35) ? Palette.bold(layout) : palette;
            one(Artwork.LOUD).overlay(c, colours, strength * between(0.3, 1), layout.nextLong());
        }
    }

    // ---- cards

    private void bankCard() {
        boolean upright = h > w;
        one(Artwork.LOUD).paint(c, palette, between(0.45, 1), layout.nextLong());
        overlays(2, 0.8);
        if (chance(0.25)) {
            double side = between(0.2, 0.5);
            c.rectangle(chance(0.5) ? 0 : w * (1 - side), 0, w * side, h, palette.any(layout));
        }
        Colour ink = palette.ink();
        double margin = 6 * u;
        boolean chipRight = chance(0.12);
        double chipWidth = between(13, 19) * u;
        double chipX = upright ? between(0.1, 0.65) * w : chipRight ? w - margin - chipWidth * 1.5 : between(5, 14) * u;
        double chipY = upright ? between(0.1, 0.75) * h : between(26, 40) * u;
        boolean chip = chance(0.88);
        if (chip) {
            Ornament.chip(c, chipX, chipY, chipWidth, layout);
        }
        if (chance(0.45)) {
            boolean beside = chip && chance(0.5);
            Ornament.waves(
                    c,
                    beside ? chipX + chipWidth * 1.2 : w - margin - 6 * u,
                    beside ? chipY + chipWidth * 0.4 : between(0.3, 0.5) * h,
                    between(5, 8) * u,
                    ink);
        }
        double titleX = chance(0.25) ? w * between(0.4, 0.55) : margin + 11 * u;
        double titleY = between(12, 16) * u;
        if (chance(0.8)) {
            emblem(titleX - 6 * u, titleY - 3.5 * u, between(4, 6) * u);
        }
        title(titleX, titleY, w - titleX - margin, between(5, 9) * u, ink);
        if (chance(0.5)) {
            String grade = words.pick(
                    "Platinum",
                    "PLATINUM",
                    "Gold",
                    "TITANIUM",
                    "Infinite",
                    "Signature",
                    "CLASSIC",
                    "debit",
                    "World",
                    "Business",
                    "PRECIOUS");
            c.textWithin(
                    grade,
                    w * between(0.45, 0.7),
                    between(20, 92) / 100 * h,
                    w * 0.3,
                    between(4, 9) * u,
                    Typeface.display(layout),
                    chance(0.5) ? palette.spark() : ink);
        }
        Colour raised = chance(0.4) ? new Colour(205, 205, 210) : chance(0.3) ? new Colour(225, 195, 110) : ink;
        Typeface digits = new Typeface(
                chance(0.6) ? Typeface.PLAIN.font() : Typeface.body(layout).font(), between(0.09, 0.2));
        if (upright) {
            if (chance(0.6)) {
                double y = between(0.5, 0.6) * h;
                for (int i = 0; i < 4; i++) {
                    embossed(personal.number("4"), w * 0.12, y + i * 9 * u, w, 6.5 * u, digits, raised);
                }
            }
            embossed(
                    personal.capitals() + " " + personal.capitals(),
                    w * 0.12,
                    h * 0.93,
                    w * 0.6,
                    4 * u,
                    digits,
                    raised);
        } else if (chance(0.88)) {
            double numberY = between(56, 66) * u;
            String number = personal.number(chance(0.85) ? "4,4,4,4" : "4,6,5");
            embossed(number, margin + between(0, 6) * u, numberY, w - 3 * margin, between(6, 8.5) * u, digits, raised);
            if (chance(0.7)) {
                embossed(
                        personal.number("2") + "/" + personal.number("2"),
                        w * between(0.3, 0.5),
                        numberY + 11 * u,
                        w * 0.2,
                        4.4 * u,
                        digits,
                        raised);
                c.text(
                        words.pick("VALID THRU", "MONTH/YEAR", "EXPIRES END", "GOOD THRU"),
                        w * 0.2,
                        numberY + 9 * u,
                        2 * u,
                        Typeface.PLAIN,
                        ink);
            }
            if (chance(0.4)) {
                embossed(personal.number("4"), margin, numberY + 8 * u, w * 0.2, 3 * u, digits, raised);
            }
        }
        if (!upright && chance(0.85)) {
            embossed(
                    personal.capitals() + " " + personal.capitals(),
                    margin,
                    h - between(6, 11) * u,
                    w * 0.55,
                    between(3.8, 5.2) * u,
                    digits,
                    raised);
        }
        if (chance(0.9)) {
            double mark = between(17, 25) * u;
            Ornament.scheme(
                    c,
                    w - margin - mark,
                    chance(0.9) ? h - 5 * u - mark * 0.62 : 5 * u,
                    mark,
                    layout.nextInt(6),
                    layout);
        }
        if (chance(0.2)) {
            Ornament.hologram(c, w - 24 * u, between(40, 55) * u, 18 * u, 13 * u, layout);
        }
        if (chance(0.12)) {
            portrait(c, w - 30 * u, 20 * u, 22 * u, 28 * u);
        }
        if (chance(0.15)) {
            c.text("ELECTRONIC USE ONLY", w * between(0.1, 0.4), h - 3 * u, 2 * u, Typeface.PLAIN, ink);
        }
    }

    private void membershipCard() {
        one(Artwork.LOUD).paint(c, palette, between(0.4, 1), layout.nextLong());
        overlays(2, 0.8);
        Colour ink = palette.ink();
        if (chance(0.3)) {
            c.rectangle(0, h * between(0.6, 0.75), w, h, chance(0.5) ? Colour.WHITE : palette.accent());
            ink = Colour.BLACK;
        }
        double ex = w * between(0.15, 0.85);
        double ey = h * between(0.25, 0.6);
        emblem(ex, ey, between(10, 30) * u);
        double size = between(7, 16) * u;
        if (chance(0.3)) {
            c.textCentred(design.title(), w / 2, h * between(0.7, 0.95), w * 0.9, size, titleFace, ink);
        } else {
            title(w * between(0.05, 0.3), h * between(0.2, 0.85), w * 0.65, size, ink);
        }
        int lines = layout.nextInt(4);
        double tx = w * between(0.05, 0.6);
        double ty = h * between(0.5, 0.75);
        for (int i = 0; i < lines; i++) {
            c.textWithin(
                    i == 0 ? personal.name() + " " + personal.name() : personal.number(),
                    tx,
                    ty + i * 7 * u,
                    w * 0.5,
                    between(3, 4.5) * u,
                    bodyFace,
                    ink);
        }
        codes(0.45);
        if (chance(0.15)) {
            portrait(c, w * between(0.05, 0.7), h * 0.3, 28 * u, 36 * u);
        }
    }

    private void codes(double share) {
        if (!chance(share)) {
            return;
        }
        if (chance(0.5)) {
            double bw = between(0.25, 0.6) * w;
            double bh = between(8, 16) * u;
            Ornament.barcode(c, between(0.04, 0.96 - bw / w) * w, h - bh - between(3, 8) * u, bw, bh, holder);
        } else {
            double size = between(20, 32) * u;
            Ornament.matrixCode(c, chance(0.5) ? w - size - 5 * u : 5 * u, h - size - 5 * u, size, holder);
        }
    }

    private void identityCard() {
        boolean upright = h > w;
        one(Artwork.QUIET).paint(c, palette, between(0.2, 0.7), layout.nextLong());
        one(Artwork.QUIET).overlay(c, palette, between(0.1, 0.5), layout.nextLong());
        if (chance(0.35)) {
            one(Artwork.LOUD).overlay(c, palette, between(0.08, 0.3), layout.nextLong());
        }
        double head = header();
        boolean right = chance(0.3);
        double pw = between(upright ? 34 : 24, upright ? 46 : 34) * u;
        double ph = pw * between(1.2, 1.38);
        double px = upright ? (w - pw) * between(0.1, 0.9) : right ? w - pw - between(4, 9) * u : between(4, 9) * u;
        double py = head + between(2, 12) * u;
        portraitBox(px, py, pw, ph);
        double left = upright || right ? 5 * u : px + pw + between(4, 8) * u;
        double width = upright ? w - 10 * u : right ? px - 9 * u : w - left - 4 * u;
        double top = upright ? py + ph + 6 * u : head + between(5, 9) * u;
        double bottom = fields(left, top, width, h - 6 * u, layout.nextInt(upright ? 5 : 6, 11));
        if (!upright && chance(0.7)) {
            Ornament.signature(
                    c,
                    px,
                    Math.min(py + ph + 2 * u, h - 14 * u),
                    pw,
                    between(8, 13) * u,
                    new Colour(30, 30, 60),
                    holder);
        }
        if (chance(0.35)) {
            double gw = between(12, 18) * u;
            ghost(right ? 4 * u : w - gw - 5 * u, h - gw * 1.3 - between(4, 20) * u, gw);
        }
        if (chance(0.3)) {
            Ornament.hologram(
                    c, w * between(0.3, 0.8), h * between(0.3, 0.7), between(12, 24) * u, between(12, 20) * u, layout);
        }
        if (chance(0.25)) {
            Ornament.chip(c, w * between(0.4, 0.8), h * between(0.35, 0.65), between(13, 17) * u, layout);
        }
        if (chance(0.3) && bottom < h - 22 * u) {
            machineLines(3, 30);
        } else {
            codes(0.3);
        }
    }

    /** Prints the heading and gives the ordinate below it. */
    private double header() {
        double size = between(5, 8.5) * u;
        boolean band = chance(0.5);
        double depth = band ? between(12, 20) * u : between(9, 14) * u;
        Colour ink = palette.accent();
        if (band) {
            c.rectangle(0, 0, w, depth, palette.accent());
            if (chance(0.4)) {
                c.rectangle(0, depth, w, 1.2 * u, palette.spark());
            }
            ink = Colour.WHITE;
        }
        double x = 4 * u;
        if (chance(0.45)) {
            Ornament.flag(c, x, depth / 2 - 4 * u, 12 * u, 8 * u, Seeds.random(emblemSeed, 2));
            x += 15 * u;
        }
        if (chance(0.7)) {
            boolean end = chance(0.4);
            double ex = end ? w - 8 * u : x + 5 * u;
            emblem(
                    ex,
                    depth / 2,
                    4.6 * u,
                    band ? palette.base() : palette.accent(),
                    band ? palette.accent() : palette.base());
            x = end ? x : x + 12 * u;
        }
        if (chance(0.3)) {
            c.textCentred(design.title(), w / 2, depth / 2 + size / 2, w * 0.6, size, titleFace, ink);
        } else {
            title(x, depth / 2 + size * 0.4, w * 0.62, size, ink);
        }
        if (chance(0.4)) {
            c.textWithin(
                    words.capitals() + " " + words.capitals(),
                    w * 0.7,
                    depth * 0.7,
                    w * 0.2,
                    size * 0.5,
                    bodyFace,
                    ink);
        }
        return depth;
    }

    private void portraitBox(double x, double y, double pw, double ph) {
        if (chance(0.4)) {
            c.rectangle(x - u, y - u, pw + 2 * u, ph + 2 * u, chance(0.5) ? Colour.WHITE : palette.accent());
        }
        portrait(c, x, y, pw, ph);
        if (chance(0.2)) {
            Ornament.stamp(c, x + pw, y + ph, pw * 0.45, palette.spark(), 0.5, layout);
        }
    }

    private void ghost(double x, double y, double gw) {
        c.translucentPart(x, y, gw, gw * 1.3, 0.35, part -> portrait(part, 0, 0, part.width, part.height));
    }

    /** The holder's face; the same wherever it appears on the document. */
    private void portrait(Canvas canvas, double x, double y, double pw, double ph) {
        Ornament.portrait(canvas, x, y, pw, ph, palette.base(), Seeds.random(faceSeed, 0));
    }

    /** Prints labels and values in rows and gives the ordinate below the last. */
    private double fields(double x, double y, double width, double limit, int many) {
        int columns = width > 70 * u && chance(0.4) ? 2 : 1;
        double small = between(1.9, 2.6) * u;
        double big = between(3, 4.6) * u;
        boolean aside = chance(0.25);
        boolean numbered = chance(0.25);
        double rowStep = (aside ? 0 : small) + big + between(2, 4.5) * u;
        Colour label = chance(0.6) ? palette.accent() : palette.ink().lighter(0.35);
        double at = y;
        for (int i = 0; i < many && at + rowStep < limit; i++) {
            for (int column = 0; column < columns; column++) {
                double fx = x + column * width / columns;
                double fw = width / columns - 2 * u;
                String name = (numbered ? (i + 1) + ". " : "") + words.field();
                if (foreign && chance(0.4)) {
                    script.line(c, fx, at, small * 1.3, 2 + layout.nextInt(3), label, layout);
                } else {
                    c.textWithin(name, fx, at, fw, small, bodyFace, label);
                }
                String value = switch (layout.nextInt(4)) {
                    case 0 -> personal.date();
                    case 1 -> personal.number();
                    case 2 -> personal.capitals();
                    default -> personal.name() + " " + personal.name();
                };
                double vx = aside ? fx + fw * 0.42 : fx;
                double vy = aside ? at : at + big + 1.1 * u;
                c.textWithin(value, vx, vy, aside ? fw * 0.58 : fw, big, bodyFace, palette.ink());
                if (chance(0.06)) {
                    c.line(fx, vy + u, fx + fw, vy + u, 1, label);
                }
            }
            at += rowStep;
        }
        return at;
    }

    private void machineLines(int lines, int length) {
        double size = between(3.4, 4.2) * u;
        double step = size * 1.9;
        double top = h - lines * step - 2 * u;
        if (chance(0.6)) {
            c.rectangle(0, top - size * 0.6, w, h, palette.base().lighter(0.6));
        }
        Typeface face = new Typeface(Typeface.PLAIN.font(), 0.13);
        for (int i = 0; i < lines; i++) {
            String line = personal.machineLine().substring(0, length);
            // Set character by character on a fixed pitch, as machine-readable lines are.
            double pitch = (w - 8 * u) / length;
            for (int k = 0; k < length; k++) {
                c.text(line.substring(k, k + 1), 4 * u + k * pitch, top + i * step + size, size, face, palette.ink());
            }
        }
    }

    private void passportPage() {
        one(Artwork.QUIET).paint(c, palette, between(0.25, 0.7), layout.nextLong());
        one(Artwork.GUILLOCHE, Artwork.ROSETTES, Artwork.CONTOURS, Artwork.WEAVE)
                .overlay(c, palette, between(0.2, 0.6), layout.nextLong());
        if (chance(0.5)) {
            one(Artwork.LANDSCAPE, Artwork.FLOWER, Artwork.ISLANDS, Artwork.SKYLINE, Artwork.RAYS)
                    .overlay(c, palette, between(0.08, 0.25), layout.nextLong());
        }
        double head = header();
        double pw = between(28, 38) * u;
        double ph = pw * between(1.22, 1.35);
        double px = chance(0.85) ? between(4, 9) * u : w - pw - 6 * u;
        double py = head + between(3, 10) * u;
        portraitBox(px, py, pw, ph);
        double left = px < w / 2 ? px + pw + 5 * u : 5 * u;
        fields(left, head + 7 * u, w - pw - 18 * u, h - 22 * u, layout.nextInt(7, 11));
        if (chance(0.6)) {
            Ornament.signature(c, left, h - 30 * u, 35 * u, 10 * u, new Colour(30, 30, 60), holder);
        }
        if (chance(0.4)) {
            double gw = between(14, 22) * u;
            ghost(w - gw - 5 * u, h * between(0.4, 0.55), gw);
        }
        if (chance(0.3)) {
            Ornament.hologram(
                    c, w * between(0.4, 0.75), h * between(0.3, 0.5), between(16, 30) * u, between(16, 26) * u, layout);
        }
        if (chance(0.3)) {
            Ornament.stamp(
                    c, w * between(0.3, 0.9), h * between(0.3, 0.7), between(12, 20) * u, palette.spark(), 0.5, layout);
        }
        machineLines(2, 44);
    }

    // ---- papers

    private void paper() {
        Colour stock = chance(0.5) ? Colour.WHITE : Colour.ofHsv(between(0, 1), between(0, 0.12), between(0.88, 1));
        c.fill(stock);
        if (chance(0.5)) {
            one(Artwork.QUIET).overlay(c, palette, between(0.04, 0.2), layout.nextLong());
        }
    }

    private void border() {
        double inset = between(2, 6) * u;
        int style = layout.nextInt(6);
        Colour colour = palette.accent();
        switch (style) {
            case 0 -> {
                for (int i = 0; i < 3; i++) {
                    double d = inset + i * 1.6 * u;
                    c.frame(d, d, w - 2 * d, h - 2 * d, i == 1 ? 1.2 * u : 1, i == 1 ? palette.spark() : colour);
                }
            }
            case 1 -> {
                double step = between(4, 8) * u;
                for (double x = inset; x < w - inset; x += step) {
                    c.disc(x, inset, step * 0.35, colour);
                    c.disc(x, h - inset, step * 0.35, colour);
                }
                for (double y = inset; y < h - inset; y += step) {
                    c.disc(inset, y, step * 0.35, colour);
                    c.disc(w - inset, y, step * 0.35, colour);
                }
            }
            case 2 -> {
                double depth = between(4, 9) * u;
                c.rectangle(0, 0, w, depth, colour);
                c.rectangle(0, h - depth, w, depth, colour);
                c.rectangle(0, 0, depth, h, colour);
                c.rectangle(w - depth, 0, depth, h, colour);
                c.frame(
                        depth * 0.5,
                        depth * 0.5,
                        w - depth,
                        h - depth,
                        1,
                        palette.spark().lighter(0.4));
            }
            case 3 -> {
                c.frame(inset, inset, w - 2 * inset, h - 2 * inset, 0.8 * u, colour);
                for (int k = 0; k < 4; k++) {
                    Artwork.rosette(
                            c,
                            k % 2 == 0 ? inset : w - inset,
                            k < 2 ? inset : h - inset,
                            between(10, 18) * u,
                            colour,
                            Seeds.random(design.generation(), 9));
                }
            }
            case 4 -> {
                int waves = 14 + layout.nextInt(20);
                int points = 240;
                for (int strand = 0; strand < 3; strand++) {
                    double[] xy = new double[2 * points];
                    for (int k = 0; k < points; k++) {
                        double t = 4.0 * k / points;
                        double wobble = inset + 2 * u + 1.8 * u * Math.sin(2 * Math.PI * waves * t / 4 + strand * 2.1);
                        double s = t % 1;
                        switch ((int) t) {
                            case 0 -> put(xy, k, inset + s * (w - 2 * inset), wobble);
                            case 1 -> put(xy, k, w - wobble, inset + s * (h - 2 * inset));
                            case 2 -> put(xy, k, w - inset - s * (w - 2 * inset), h - wobble);
                            default -> put(xy, k, wobble, h - inset - s * (h - 2 * inset));
                        }
                    }
                    c.polyline(true, 1, strand == 1 ? palette.spark() : colour, xy);
                }
            }
            default -> {}
        }
    }

    private static void put(double[] xy, int k, double x, double y) {
        xy[2 * k] = x;
        xy[2 * k + 1] = y;
    }

    private void paragraph(double x, double y, double width, int lines, double size, Colour ink) {
        for (int i = 0; i < lines; i++) {
            double share = i == lines - 1 ? between(0.3, 0.8) : 1;
            String text = "";
            double reached = 0;
            while (reached < width * share * 0.92) {
                text += (text.isEmpty() ? "" : " ") + words.word(1, 3);
                reached = text.length() * size * 0.85;
            }
            if (foreign) {
                script.line(c, x, y + i * size * 1.8, size, (int) (width * share / size / 1.12), ink, layout);
            } else {
                c.textWithin(text, x, y + i * size * 1.8, width * share, size, bodyFace, ink);
            }
        }
    }

    private void certificate() {
        paper();
        if (chance(0.5)) {
            one(Artwork.GUILLOCHE, Artwork.ROSETTES, Artwork.RAYS, Artwork.CONTOURS, Artwork.FLOWER)
                    .overlay(c, palette, between(0.08, 0.35), layout.nextLong());
        }
        border();
        double y = between(14, 20) * u;
        if (chance(0.75)) {
            emblem(w / 2, y, between(6, 10) * u);
            y += 12 * u;
        }
        y += 7 * u;
        c.textCentred(design.title(), w / 2, y, w * 0.78, between(8, 13) * u, titleFace, palette.accent());
        y += between(10, 15) * u;
        c.textCentred(words.sentence(4), w / 2, y, w * 0.7, 3.4 * u, bodyFace, palette.ink());
        y += between(10, 15) * u;
        c.textCentred(
                personal.name() + " " + personal.name(),
                w / 2,
                y,
                w * 0.7,
                between(6, 10) * u,
                chance(0.6) ? Typeface.SCRIPT : titleFace,
                palette.ink());
        c.line(w * 0.22, y + 3 * u, w * 0.78, y + 3 * u, 1, palette.ink());
        y += between(10, 14) * u;
        int lines = 2 + layout.nextInt(h > w ? 7 : 3);
        paragraph(w * 0.15, y, w * 0.7, lines, between(2.6, 3.6) * u, palette.ink());
        double base = h - between(14, 20) * u;
        Ornament.signature(c, w * 0.12, base - 12 * u, w * 0.22, 11 * u, new Colour(25, 30, 90), layout);
        c.line(w * 0.1, base, w * 0.36, base, 1, palette.ink());
        c.text(words.name() + " " + words.name(), w * 0.11, base + 4 * u, 2.6 * u, bodyFace, palette.ink());
        if (chance(0.6)) {
            Ornament.signature(c, w * 0.66, base - 12 * u, w * 0.22, 11 * u, new Colour(25, 30, 90), layout);
            c.line(w * 0.64, base, w * 0.9, base, 1, palette.ink());
        }
        double sx = w * between(0.42, 0.58);
        if (chance(0.65)) {
            Ornament.seal(c, sx, base - 2 * u, between(7, 11) * u, palette.spark(), layout);
        } else {
            Ornament.stamp(c, sx, base - 4 * u, between(9, 13) * u, palette.spark(), 0.7, layout);
        }
        c.text(
                "No. " + personal.number(),
                w * 0.68,
                12 * u,
                2.8 * u,
                Typeface.PLAIN,
                palette.spark().darker(0.2));
    }

    private void ticket() {
        boolean loud = chance(0.6);
        one(loud ? Artwork.LOUD : Artwork.QUIET).paint(c, palette, between(0.3, 0.9), layout.nextLong());
        overlays(1, 0.6);
        double cut = w * (chance(0.75) ? between(0.66, 0.8) : between(0.2, 0.3));
        Colour ink = palette.ink();
        if (chance(0.6)) {
            boolean right = cut > w / 2;
            c.rectangle(right ? cut : 0, 0, right ? w - cut : cut, h, chance(0.5) ? Colour.WHITE : palette.accent());
        }
        for (double y = 0; y < h; y += 5 * u) {
            c.line(cut, y, cut, y + 2.5 * u, 1, ink);
        }
        if (h > w) {
            title(5 * u, 16 * u, w * 0.85, between(8, 12) * u, ink);
            c.textWithin(
                    words.name() + " " + words.name(),
                    5 * u,
                    h * 0.35,
                    w * 0.8,
                    11 * u,
                    Typeface.display(layout),
                    palette.accent());
            fields(5 * u, h * 0.45, w * 0.9, h - 35 * u, 5);
        } else {
            double start = cut > w / 2 ? 5 * u : cut + 5 * u;
            double main = cut > w / 2 ? cut - 10 * u : w - cut - 10 * u;
            title(start, between(14, 18) * u, main * 0.75, between(8, 12) * u, ink);
            c.textWithin(
                    words.name() + " " + words.name(),
                    start,
                    between(38, 50) * u,
                    main,
                    between(11, 18) * u,
                    Typeface.display(layout),
                    palette.accent());
            fields(start, between(58, 64) * u, main, h - 4 * u, 4);
            emblem(start + main - 8 * u, 13 * u, between(6, 9) * u);
        }
        double stub = cut > w / 2 ? cut + 3 * u : 3 * u;
        double stubWidth = (cut > w / 2 ? w - cut : cut) - 6 * u;
        if (chance(0.5)) {
            Ornament.matrixCode(c, stub, h * 0.3, Math.min(stubWidth, h * 0.5), holder);
        } else {
            Ornament.barcode(c, stub, h * between(0.15, 0.5), stubWidth, between(20, 45) * u, holder);
        }
        c.textWithin(personal.number(), stub, h - 6 * u, stubWidth, 5 * u, Typeface.PLAIN, Colour.BLACK);
        c.textWithin(
                words.pick("ADMIT ONE", "SEAT " + words.number("2"), "RETURN", "ROW " + words.number("A1")),
                stub,
                12 * u,
                stubWidth,
                6 * u,
                Typeface.HEAVY,
                Colour.BLACK);
    }

    private void voucher() {
        one(Artwork.QUIET).paint(c, palette, between(0.4, 0.9), layout.nextLong());
        one(Artwork.GUILLOCHE, Artwork.ROSETTES).overlay(c, palette, between(0.4, 0.9), layout.nextLong());
        one(Artwork.LANDSCAPE, Artwork.SKYLINE, Artwork.FLOWER, Artwork.ROSETTES, Artwork.RAYS, Artwork.MASCOT)
                .overlay(c, palette, between(0.15, 0.6), layout.nextLong());
        border();
        String value = words.pick("5", "10", "20", "50", "100", "500");
        double size = between(14, 22) * u;
        c.text(value, 7 * u, 10 * u + size, size, titleFace, palette.accent());
        c.text(value, w - 8 * u - c.textWidth(value, size, titleFace), h - 9 * u, size, titleFace, palette.accent());
        c.textCentred(design.title(), w / 2, 18 * u, w * 0.5, between(7, 11) * u, titleFace, palette.ink());
        double pw = between(34, 48) * u;
        double px = w * between(0.55, 0.75);
        double py = between(22, 34) * u;
        int picture = layout.nextInt(3);
        if (picture == 0) {
            Ornament.portrait(c, px, py, pw, pw * 1.25, palette.accent(), layout);
        } else if (picture == 1) {
            Artwork.rosette(c, px + pw / 2, h / 2, pw * 0.7, palette.accent(), layout);
            emblem(px + pw / 2, h / 2, pw * 0.4);
        } else {
            c.translucentPart(
                    px,
                    py,
                    pw * 1.3,
                    pw,
                    0.9,
                    part -> one(Artwork.LANDSCAPE, Artwork.SKYLINE, Artwork.FLOWER)
                            .paint(part, palette, 1, layout.nextLong()));
        }
        c.textCentred(words.sentence(3), w * 0.38, h * 0.52, w * 0.45, 4 * u, bodyFace, palette.ink());
        c.text(
                personal.number("A2,8"),
                w * 0.1,
                h - 9 * u,
                4.2 * u,
                Typeface.PLAIN,
                palette.spark().darker(0.4));
        c.text(
                personal.number("A2,8"),
                w * 0.6,
                12 * u,
                3.4 * u,
                Typeface.PLAIN,
                palette.spark().darker(0.4));
        Ornament.signature(c, w * 0.25, h * 0.6, w * 0.16, 10 * u, palette.ink(), layout);
        if (chance(0.5)) {
            double strip = w * between(0.2, 0.9);
            c.translucentPart(
                    strip,
                    0,
                    4 * u,
                    h,
                    0.8,
                    part -> part.wash(
                            1, 5, Colour.WHITE, palette.accent(), palette.spark(), Colour.WHITE, palette.second()));
        }
        if (chance(0.5)) {
            Ornament.hologram(c, w * between(0.05, 0.15), h * 0.35, 18 * u, 26 * u, layout);
        }
    }

    /** Prints the letterhead and gives the ordinate below it. */
    private double letterhead() {
        double size = between(4, 7) * u;
        double y = between(9, 13) * u;
        int style = layout.nextInt(4);
        if (style == 0) {
            c.rectangle(0, 0, w, between(12, 20) * u, palette.accent());
            emblem(10 * u, y - size * 0.3, 5 * u, palette.base(), palette.accent());
            title(18 * u, y, w * 0.6, size, Colour.WHITE);
        } else if (style == 1) {
            emblem(w / 2, y, 6 * u);
            c.textCentred(design.title(), w / 2, y + 14 * u, w * 0.7, size, titleFace, palette.ink());
            y += 14 * u;
        } else if (style == 2) {
            emblem(w - 14 * u, y, between(5, 8) * u);
            title(8 * u, y, w * 0.6, size, palette.accent());
            c.line(8 * u, y + 8 * u, w - 8 * u, y + 8 * u, 0.5 * u, palette.accent());
        } else {
            c.rectangle(0, 0, between(3, 8) * u, h, palette.accent());
            title(14 * u, y, w * 0.6, size, palette.ink());
        }
        return y + 12 * u;
    }

    private void letter() {
        paper();
        double y = letterhead();
        double size = between(2, 2.7) * u;
        double left = between(12, 16) * u;
        for (int i = 0; i < 3; i++) {
            c.text(
                    personal.name() + " " + personal.number("2"),
                    left,
                    y + i * size * 1.8,
                    size,
                    bodyFace,
                    palette.ink());
        }
        c.text(personal.date(), w - 30 * u, y, size, bodyFace, palette.ink());
        y += 6 * size + between(3, 10) * u;
        if (chance(0.6)) {
            c.textWithin(words.sentence(5), left, y, w * 0.7, size * 1.4, Typeface.HEAVY, palette.ink());
            y += 4 * size;
        }
        double end = h - between(26, 40) * u;
        while (y < end - 6 * u) {
            int lines = (int) Math.min(2 + layout.nextInt(6), (end - y) / size / 1.8);
            paragraph(left, y, w - 2 * left, Math.max(1, lines), size, palette.ink());
            y += lines * size * 1.8 + 3 * u;
            if (chance(0.12) && y < end - 30 * u) {
                table(left, y, w - 2 * left, 3 + layout.nextInt(3), 3, 5 * u);
                y += 36 * u;
            }
        }
        Ornament.signature(c, left, end, between(20, 32) * u, 10 * u, new Colour(25, 30, 100), holder);
        if (chance(0.5)) {
            Ornament.stamp(
                    c,
                    w * between(0.45, 0.8),
                    end + 5 * u,
                    between(9, 14) * u,
                    chance(0.5) ? new Colour(190, 30, 40) : new Colour(40, 50, 150),
                    0.7,
                    layout);
        }
        footer();
    }

    private void footer() {
        c.line(8 * u, h - 9 * u, w - 8 * u, h - 9 * u, 1, palette.accent());
        c.textCentred(words.sentence(5), w / 2, h - 4 * u, w * 0.8, 1.8 * u, bodyFace, palette.ink());
        codes(0.15);
    }

    private double table(double x, double y, double width, int rows, int columns, double rowHeight) {
        double[] edges = new double[columns + 1];
        for (int i = 1; i < columns; i++) {
            edges[i] = (i + between(-0.3, 0.3)) / columns;
        }
        edges[columns] = 1;
        boolean grid = chance(0.6);
        boolean zebra = chance(0.4);
        Colour head = chance(0.6) ? palette.accent() : palette.base().darker(0.1);
        if (chance(0.75)) {
            c.rectangle(x, y, width, rowHeight, head);
        }
        for (int row = 0; row < rows; row++) {
            double top = y + row * rowHeight;
            if (zebra && row > 0 && row % 2 == 0) {
                c.rectangle(x, top, width, rowHeight, palette.base().mix(Colour.WHITE, 0.3));
            }
            if (grid) {
                c.line(x, top, x + width, top, 1, palette.ink());
            }
            for (int column = 0; column < columns; column++) {
                double cx = x + edges[column] * width + u;
                double cw = (edges[column + 1] - edges[column]) * width - 2 * u;
                String text = row == 0 ? words.name() : column == 0 ? words.name() : personal.amount();
                Colour ink = row == 0 && head.luma() < 130 ? Colour.WHITE : palette.ink();
                if (cw > 2 * u && (row == 0 || chance(0.85))) {
                    c.textWithin(text, cx, top + rowHeight * 0.68, cw, rowHeight * 0.42, bodyFace, ink);
                }
            }
        }
        double bottom = y + rows * rowHeight;
        if (grid) {
            for (double edge : edges) {
                c.line(x + edge * width, y, x + edge * width, bottom, 1, palette.ink());
            }
            c.line(x, bottom, x + width, bottom, 1, palette.ink());
        }
        return bottom;
    }

    private void invoice() {
        paper();
        double y = letterhead();
        double left = between(8, 14) * u;
        c.text(
                words.pick("INVOICE", "RECEIPT", "STATEMENT", "BILL", "DELIVERY NOTE"),
                chance(0.5) ? left : w * 0.6,
                y + 4 * u,
                between(4, 7) * u,
                titleFace,
                palette.accent());
        y += 10 * u;
        fields(left, y, w * 0.42, y + 32 * u, 3);
        fields(w * 0.55, y, w * 0.38, y + 32 * u, 3);
        y += between(30, 38) * u;
        double rowHeight = between(4.4, 6.5) * u;
        int rows = (int) Math.clamp((h - y - 40 * u) / rowHeight, 3, 16);
        rows = Math.max(3, rows - layout.nextInt(4));
        y = table(left, y, w - 2 * left, rows, 3 + layout.nextInt(3), rowHeight);
        for (int i = 0; i < 3; i++) {
            c.text(words.name(), w * 0.58, y + (6 + 5 * i) * u, 2.6 * u, bodyFace, palette.ink());
            c.text(
                    personal.amount(),
                    w * 0.78,
                    y + (6 + 5 * i) * u,
                    2.6 * u,
                    i == 2 ? Typeface.HEAVY : bodyFace,
                    palette.ink());
        }
        if (chance(0.4)) {
            Ornament.stamp(
                    c, w * between(0.2, 0.5), y + 10 * u, between(9, 14) * u, new Colour(190, 30, 40), 0.7, layout);
        }
        codes(0.5);
        footer();
    }

    private void form() {
        paper();
        double y;
        if (chance(0.6)) {
            y = letterhead();
        } else {
            c.textCentred(design.title(), w / 2, 12 * u, w * 0.8, between(4, 6) * u, titleFace, palette.ink());
            y = 18 * u;
        }
        double left = between(5, 9) * u;
        double width = w - 2 * left;
        Colour rule = chance(0.5) ? palette.ink() : palette.accent();
        Colour tint = palette.base().mix(Colour.WHITE, 0.4);
        while (y < h - 26 * u) {
            switch (layout.nextInt(5)) {
                case 0 -> {
                    int boxes = 1 + layout.nextInt(4);
                    double bh = between(7, 10) * u;
                    List<Double> cuts = new ArrayList<>(List.of(0.0, 1.0));
                    for (int i = 1; i < boxes; i++) {
                        cuts.add((i + between(-0.25, 0.25)) / boxes);
                    }
                    Collections.sort(cuts);
                    for (int i = 0; i < boxes; i++) {
                        double x = left + cuts.get(i) * width;
                        double bw = (cuts.get(i + 1) - cuts.get(i)) * width;
                        c.rectangle(x, y, bw, bh, tint);
                        c.frame(x, y, bw, bh, 1, rule);
                        c.textWithin(words.field(), x + u, y + 2.6 * u, bw - 2 * u, 1.7 * u, bodyFace, rule);
                        if (chance(0.75)) {
                            c.textWithin(
                                    personal.name(),
                                    x + 2 * u,
                                    y + bh - 1.4 * u,
                                    bw - 4 * u,
                                    3 * u,
                                    handwriting(),
                                    new Colour(30, 40, 120));
                        }
                    }
                    y += bh;
                }
                case 1 -> {
                    c.rectangle(left, y, width, 5 * u, chance(0.5) ? palette.accent() : rule.lighter(0.4));
                    c.text(
                            (char) ('A' + layout.nextInt(6)) + ". " + words.name() + " " + words.word(2, 3),
                            left + 2 * u,
                            y + 3.8 * u,
                            2.6 * u,
                            Typeface.HEAVY,
                            Colour.WHITE);
                    y += 6 * u;
                }
                case 2 -> {
                    int cells = 8 + layout.nextInt(14);
                    double cell = Math.min(width / cells, 6 * u);
                    c.text(words.field(), left, y + 2.5 * u, 1.9 * u, bodyFace, palette.ink());
                    String digits = personal.number("12") + personal.number("12");
                    for (int i = 0; i < cells; i++) {
                        c.frame(left + i * cell, y + 3.5 * u, cell, cell * 1.1, 1, rule);
                        c.text(
                                digits.substring(i, i + 1),
                                left + (i + 0.25) * cell,
                                y + 3.5 * u + cell * 0.85,
                                cell * 0.6,
                                Typeface.PLAIN,
                                new Colour(30, 40, 120));
                    }
                    y += 5 * u + cell * 1.1;
                }
                case 3 -> {
                    int options = 2 + layout.nextInt(4);
                    for (int i = 0; i < options; i++) {
                        double x = left + i * width / options;
                        c.frame(x, y + u, 3 * u, 3 * u, 1, palette.ink());
                        if (holder.nextInt(3) == 0) {
                            c.line(x, y + u, x + 3 * u, y + 4 * u, 1, Colour.BLACK);
                            c.line(x + 3 * u, y + u, x, y + 4 * u, 1, Colour.BLACK);
                        }
                        c.textWithin(
                                words.name(),
                                x + 4.5 * u,
                                y + 3.8 * u,
                                width / options - 6 * u,
                                2.2 * u,
                                bodyFace,
                                palette.ink());
                    }
                    y += 6 * u;
                }
                default -> {
                    int rows = 3 + layout.nextInt(5);
                    double step = between(4, 6) * u;
                    if (y + rows * step < h - 24 * u) {
                        y = table(left, y, width, rows, 2 + layout.nextInt(4), step) + 2 * u;
                    } else {
                        paragraph(left, y + 3 * u, width, 2, 1.8 * u, palette.ink());
                        y += 9 * u;
                    }
                }
            }
        }
        Ornament.signature(c, left + width * 0.55, h - 22 * u, width * 0.35, 10 * u, new Colour(30, 40, 120), holder);
        c.line(left + width * 0.5, h - 11 * u, left + width, h - 11 * u, 1, palette.ink());
        if (chance(0.35)) {
            Ornament.stamp(
                    c, left + width * 0.25, h - 20 * u, between(9, 13) * u, new Colour(190, 30, 60), 0.65, layout);
        }
        if (chance(0.25)) {
            double pw = 18 * u;
            portrait(c, w - pw - 6 * u, 5 * u, pw, pw * 1.25);
        }
        codes(0.4);
        footer();
    }

    private static Typeface handwriting() {
        return Typeface.SCRIPT;
    }
}
