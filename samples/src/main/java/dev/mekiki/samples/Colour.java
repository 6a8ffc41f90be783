package dev.mekiki.samples;

import java.util.random.RandomGenerator;

/** A colour as red, green and blue, each 0..255. */
record Colour(int red, int green, int blue) {
    static final Colour WHITE = new Colour(255, 255, 255);
    static final Colour BLACK = new Colour(0, 0, 0);

    Colour {
        if (((red | green | blue) & ~0xff) != 0) {
            throw new IllegalArgumentException(
                    "colour: " + red + "," + green + "," + blue + " (expected: 0..255 for each channel)");
        }
    }

    /** @param hue in turns, any number; {@code saturation} and {@code value} are clipped to 0..1 */
    static Colour ofHsv(double hue, double saturation, double value) {
        double sector = (hue - Math.floor(hue)) * 6;
        double s = Math.clamp(saturation, 0, 1);
        double v = Math.clamp(value, 0, 1);
        return clipped(
                255 * v * (1 - s * channel(sector, 5)),
                255 * v * (1 - s * channel(sector, 3)),
                255 * v * (1 - s * channel(sector, 1)));
    }

    private static double channel(double sector, int offset) {
        double k = (offset + sector) % 6;
        return Math.clamp(Math.min(k, 4 - k), 0, 1);
    }

    static Colour random(RandomGenerator random) {
        return ofHsv(random.nextDouble(), Math.sqrt(random.nextDouble()), 0.15 + 0.85 * random.nextDouble());
    }

    private static Colour clipped(double red, double green, double blue) {
        return new Colour((int) Math.clamp(Math.round(red), 0, 255), (int) Math.clamp(Math.round(green), 0, 255), (int)
                Math.clamp(Math.round(blue), 0, 255));
    }

    /** @param share 0 gives this colour, 1 the other */
    Colour mix(Colour other, double share) {
        return clipped(
                red + (other.red - red) * share,
                green + (other.green - green) * share,
                blue + (other.blue - blue) * share);
    }

    Colour lighter(double share) {
        return mix(WHITE, share);
    }

    Colour darker(double share) {
        return mix(BLACK, share);
    }

    /** Perceived brightness, 0..255 (Rec. 601 weights). */
    double luma() {
        return 0.299 * red + 0.587 * green + 0.114 * blue;
    }
}
