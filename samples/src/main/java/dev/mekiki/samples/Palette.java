package dev.mekiki.samples;

import java.util.random.RandomGenerator;

/**
 * The colours of one issuer.
 *
 * @param base the dominating background colour
 * @param second the colour that the background shades into
 * @param accent for emblems and titles
 * @param spark a rarer, contrasting colour
 * @param ink for text; contrasts with base
 */
record Palette(Colour base, Colour second, Colour accent, Colour spark, Colour ink) {

    /** Pale background under dark ink, as on identity papers and certificates. */
    static Palette pale(RandomGenerator random) {
        double hue = random.nextDouble();
        Colour base = Colour.ofHsv(hue, 0.02 + 0.22 * random.nextDouble(), 0.86 + 0.14 * random.nextDouble());
        Colour second =
                Colour.ofHsv(hue + shift(random), 0.05 + 0.3 * random.nextDouble(), 0.8 + 0.2 * random.nextDouble());
        double accentHue = random.nextInt(3) == 0 ? random.nextDouble() : hue + shift(random);
        Colour accent = Colour.ofHsv(accentHue, 0.45 + 0.5 * random.nextDouble(), 0.25 + 0.5 * random.nextDouble());
        Colour spark =
                Colour.ofHsv(random.nextDouble(), 0.5 + 0.5 * random.nextDouble(), 0.5 + 0.45 * random.nextDouble());
        Colour ink = Colour.ofHsv(hue, 0.5 * random.nextDouble(), 0.05 + 0.2 * random.nextDouble());
        return new Palette(base, second, accent, spark, ink);
    }

    /** Any background from black over saturated to white, as on bank and membership cards. */
    static Palette bold(RandomGenerator random) {
        double hue = random.nextDouble();
        Colour base = switch (random.nextInt(6)) {
            case 0 -> Colour.ofHsv(hue, 0.3 * random.nextDouble(), 0.04 + 0.2 * random.nextDouble());
            case 1 -> Colour.ofHsv(hue, 0.12 * random.nextDouble(), 0.5 + 0.5 * random.nextDouble());
            case 2 -> Colour.ofHsv(hue, 0.15 + 0.3 * random.nextDouble(), 0.7 + 0.3 * random.nextDouble());
            default -> Colour.ofHsv(hue, 0.5 + 0.5 * random.nextDouble(), 0.3 + 0.65 * random.nextDouble());
        };
        Colour second = switch (random.nextInt(4)) {
            case 0 -> base.darker(0.3 + 0.5 * random.nextDouble());
            case 1 -> base.lighter(0.2 + 0.5 * random.nextDouble());
            case 2 -> Colour.random(random);
            default ->
                Colour.ofHsv(hue + shift(random), 0.3 + 0.7 * random.nextDouble(), 0.3 + 0.7 * random.nextDouble());
        };
        Colour accent = Colour.random(random);
        if (Math.abs(accent.luma() - base.luma()) < 60) {
            accent = base.luma() > 128 ? accent.darker(0.6) : accent.lighter(0.6);
        }
        Colour spark =
                Colour.ofHsv(random.nextDouble(), 0.6 + 0.4 * random.nextDouble(), 0.6 + 0.4 * random.nextDouble());
        Colour ink = base.mix(second, 0.4).luma() > 135
                ? Colour.ofHsv(hue, 0.6 * random.nextDouble(), 0.2 * random.nextDouble())
                : Colour.ofHsv(hue, 0.15 * random.nextDouble(), 0.85 + 0.15 * random.nextDouble());
        return new Palette(base, second, accent, spark, ink);
    }

    private static double shift(RandomGenerator random) {
        return (random.nextDouble() - 0.5) * 0.4;
    }

    Colour any(RandomGenerator random) {
        return switch (random.nextInt(6)) {
            case 0 -> base.darker(0.25);
            case 1 -> base.lighter(0.35);
            case 2 -> second;
            case 3 -> spark;
            case 4 -> Colour.WHITE;
            default -> accent;
        };
    }
}
