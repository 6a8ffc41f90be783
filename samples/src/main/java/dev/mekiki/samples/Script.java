package dev.mekiki.samples;

import java.util.random.RandomGenerator;

/**
 * A writing system of invented characters: strokes in a square cell, some dense like ideographs, some open and round.
 * The same alphabet seed always gives the same characters.
 */
final class Script {
    private final double[][] characters;
    private final boolean round;

    private Script(double[][] characters, boolean round) {
        this.characters = characters;
        this.round = round;
    }

    static Script random(RandomGenerator random) {
        boolean round = random.nextInt(3) == 0;
        double[][] characters = new double[24][];
        for (int i = 0; i < characters.length; i++) {
            int strokes = (round ? 2 : 3) + random.nextInt(round ? 3 : 6);
            double[] marks = new double[4 * strokes];
            for (int s = 0; s < strokes; s++) {
                double level = (1 + random.nextInt(7)) / 8.0;
                double from = random.nextInt(4) / 8.0;
                double to = 1 - random.nextInt(4) / 8.0;
                switch (random.nextInt(round ? 4 : 5)) {
                    case 0, 4 -> set(marks, s, from, level, to, level);
                    case 1 -> set(marks, s, level, from, level, to);
                    case 2 -> set(marks, s, level, from, Math.max(0, level - 0.4), to);
                    default -> set(marks, s, level, from, Math.min(1, level + 0.4), to);
                }
            }
            characters[i] = marks;
        }
        return new Script(characters, round);
    }

    private static void set(double[] marks, int stroke, double x1, double y1, double x2, double y2) {
        marks[4 * stroke] = x1;
        marks[4 * stroke + 1] = y1;
        marks[4 * stroke + 2] = x2;
        marks[4 * stroke + 3] = y2;
    }

    /** Writes characters to the right of {@code x}, each in a cell of {@code size}, standing on {@code y}. */
    void line(Canvas canvas, double x, double y, double size, int length, Colour colour, RandomGenerator random) {
        run(canvas, x, y - size, size * 1.12, 0, size, length, colour, random);
    }

    /** Writes characters downwards from {@code y}. */
    void column(Canvas canvas, double x, double y, double size, int length, Colour colour, RandomGenerator random) {
        run(canvas, x, y, 0, size * 1.12, size, length, colour, random);
    }

    private void run(
            Canvas canvas,
            double x,
            double y,
            double dx,
            double dy,
            double size,
            int length,
            Colour colour,
            RandomGenerator random) {
        double pen = size * 0.09;
        for (int i = 0; i < length; i++) {
            double[] marks = characters[random.nextInt(characters.length)];
            double left = x + i * dx;
            double top = y + i * dy;
            for (int k = 0; k < marks.length; k += 4) {
                double x1 = left + marks[k] * size;
                double y1 = top + marks[k + 1] * size;
                double x2 = left + marks[k + 2] * size;
                double y2 = top + marks[k + 3] * size;
                if (round && k % 8 == 0) {
                    double reach = 0.25 * size + 0.25 * Math.hypot(x2 - x1, y2 - y1);
                    canvas.arc((x1 + x2) / 2, (y1 + y2) / 2, reach, reach * 0.8, 0, 40, 320, pen, colour);
                } else {
                    canvas.line(x1, y1, x2, y2, pen, colour);
                }
            }
        }
    }
}
