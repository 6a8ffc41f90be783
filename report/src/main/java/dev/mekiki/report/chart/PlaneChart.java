package dev.mekiki.report.chart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Curves and points in a plane, as of an operating characteristic, a histogram or a scatter. Not thread-safe. */
public final class PlaneChart {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 70;
    private static final int RIGHT = 190;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;

    private final String title;
    private final String across;
    private final String up;
    private final boolean logarithmic;
    private final List<Series> series = new ArrayList<>();

    private record Series(String name, double[] x, double[] y, List<String> hints) {
        boolean isCurve() {
            return hints.isEmpty();
        }
    }

    private PlaneChart(String title, String across, String up, boolean logarithmic) {
        this.title = title;
        this.across = across;
        this.up = up;
        this.logarithmic = logarithmic;
    }

    /** Both axes linear, from 0; values are at least 0. */
    public static PlaneChart linear(String title, String across, String up) {
        return new PlaneChart(title, across, up, false);
    }

    /** The axis across logarithmic, in whole decades; its values are more than 0, those up at least 0. */
    public static PlaneChart logarithmic(String title, String across, String up) {
        return new PlaneChart(title, across, up, true);
    }

    /** A line from each place to the next. */
    public PlaneChart curve(String name, double[] x, double[] y) {
        return add(new Series(name, x.clone(), y.clone(), List.of()));
    }

    /** @param hints one for each point, shown when the pointer rests on it */
    public PlaneChart points(String name, double[] x, double[] y, List<String> hints) {
        if (hints.size() != x.length) {
            throw new IllegalArgumentException("hints: " + hints.size() + " (expected: " + x.length + ", as points)");
        }
        return add(new Series(name, x.clone(), y.clone(), List.copyOf(hints)));
    }

    private PlaneChart add(Series added) {
        if (added.x.length != added.y.length || added.x.length == 0) {
            throw new IllegalArgumentException(added.name + ": " + added.x.length + " and " + added.y.length
                    + " values (expected: as many across as up, at least 1)");
        }
        series.add(added);
        return this;
    }

    public void write(Path file) {
        draw().write(file);
    }

    /** The chart as an SVG element. */
    public String svg() {
        return draw().text();
    }

    private Svg draw() {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        double highest = 0;
        for (Series s : series) {
            for (int i = 0; i < s.x.length; i++) {
                least = Math.min(least, s.x[i]);
                most = Math.max(most, s.x[i]);
                highest = Math.max(highest, s.y[i]);
            }
        }
        if (logarithmic && !(least > 0)) {
            throw new IllegalStateException("across: " + least + " (expected: more than 0 on a logarithmic axis)");
        }
        Svg svg = new Svg(WIDTH, HEIGHT);
        svg.text(WIDTH / 2.0, 22, "middle", title);
        int right = WIDTH - RIGHT;
        int bottom = HEIGHT - BOTTOM;
        Axis vertical = Axis.upTo(highest);
        for (double y = 0; y <= vertical.most() + vertical.step() / 2; y += vertical.step()) {
            double at = bottom - (bottom - TOP) * y / vertical.most();
            svg.line(LEFT, at, right, at, "#dddddd");
            svg.text(LEFT - 8, at + 4, "end", Svg.number(y));
        }
        int firstDecade = logarithmic ? (int) Math.floor(Math.log10(least) + 1e-9) : 0;
        int lastDecade = logarithmic ? Math.max(firstDecade + 1, (int) Math.ceil(Math.log10(most) - 1e-9)) : 0;
        Axis horizontal = Axis.upTo(most);
        if (logarithmic) {
            for (int d = firstDecade; d <= lastDecade; d++) {
                mark(
                        svg,
                        LEFT + (right - LEFT) * (double) (d - firstDecade) / (lastDecade - firstDecade),
                        bottom,
                        d == 0 ? "1" : String.format(Locale.ROOT, "1e%d", d));
            }
        } else {
            for (double x = 0; x <= horizontal.most() + horizontal.step() / 2; x += horizontal.step()) {
                mark(svg, LEFT + (right - LEFT) * x / horizontal.most(), bottom, Svg.number(x));
            }
        }
        svg.text((LEFT + right) / 2.0, HEIGHT - 12, "middle", across);
        svg.text(8, TOP - 10, "start", up);
        for (int i = 0; i < series.size(); i++) {
            Series s = series.get(i);
            double[] way = new double[2 * s.x.length];
            for (int p = 0; p < s.x.length; p++) {
                double share = logarithmic
                        ? (Math.log10(s.x[p]) - firstDecade) / (lastDecade - firstDecade)
                        : s.x[p] / horizontal.most();
                way[2 * p] = LEFT + (right - LEFT) * share;
                way[2 * p + 1] = bottom - (bottom - TOP) * s.y[p] / vertical.most();
                if (!s.isCurve()) {
                    svg.dot(way[2 * p], way[2 * p + 1], Svg.colour(i), s.hints.get(p));
                }
            }
            if (s.isCurve()) {
                svg.path(way, Svg.colour(i), false);
            }
            svg.box(right + 12, TOP + 20 * i, 12, 12, Svg.colour(i), "");
            svg.text(right + 30, TOP + 20 * i + 10, "start", s.name);
        }
        return svg;
    }

    private static void mark(Svg svg, double x, int bottom, String words) {
        svg.line(x, TOP, x, bottom, "#eeeeee");
        svg.text(x, bottom + 18, "middle", words);
    }
}
