package dev.mekiki.report.chart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Lines over a logarithmic axis, as of throughput over calls in flight. Not thread-safe. */
public final class LineChart {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 400;
    private static final int LEFT = 70;
    private static final int RIGHT = 150;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;

    private final String title;
    private final String across;
    private final String up;
    private final List<Series> series = new ArrayList<>();

    private record Series(String name, SortedMap<Double, Double> points, boolean dashed) {}

    /**
     * @param across what the axis across says; its values are more than 0
     * @param up what the axis up says; its values are at least 0
     */
    public LineChart(String title, String across, String up) {
        this.title = title;
        this.across = across;
        this.up = up;
    }

    /** @param points at least one, by their place on the axis across */
    public LineChart line(String name, Map<? extends Number, Double> points) {
        SortedMap<Double, Double> sorted = new TreeMap<>();
        points.forEach((x, y) -> sorted.put(x.doubleValue(), y));
        series.add(new Series(name, sorted, false));
        return this;
    }

    /** A dashed line from one side to the other. */
    public LineChart level(String name, double value) {
        series.add(new Series(name, new TreeMap<>(Map.of(1.0, value)), true));
        return this;
    }

    public void write(Path file) {
        SortedSet<Double> places = new TreeSet<>();
        double largest = 0;
        for (Series s : series) {
            if (!s.dashed()) {
                places.addAll(s.points().keySet());
            }
            for (double y : s.points().values()) {
                largest = Math.max(largest, y);
            }
        }
        Axis axis = Axis.upTo(largest);
        double first = places.isEmpty() ? 1 : places.first();
        double last = places.isEmpty() ? 1 : places.last();
        double decades = Math.max(1e-9, Math.log(last / first));
        Svg svg = new Svg(WIDTH, HEIGHT);
        svg.text(WIDTH / 2.0, 22, "middle", title);
        int right = WIDTH - RIGHT;
        int bottom = HEIGHT - BOTTOM;
        for (double y = 0; y <= axis.most() + axis.step() / 2; y += axis.step()) {
            double at = bottom - (bottom - TOP) * y / axis.most();
            svg.line(LEFT, at, right, at, "#dddddd");
            svg.text(LEFT - 8, at + 4, "end", Svg.number(y));
        }
        for (double x : places) {
            svg.text(across(x, first, decades, right), bottom + 18, "middle", Svg.number(x));
        }
        svg.text((LEFT + right) / 2.0, HEIGHT - 12, "middle", across);
        svg.text(8, TOP - 10, "start", up);
        for (int i = 0; i < series.size(); i++) {
            Series s = series.get(i);
            String colour = Svg.colour(i);
            List<Double> points = new ArrayList<>();
            for (Map.Entry<Double, Double> point : s.points().entrySet()) {
                double y = bottom - (bottom - TOP) * point.getValue() / axis.most();
                if (s.dashed()) {
                    points.addAll(List.of((double) LEFT, y, (double) right, y));
                } else {
                    double x = across(point.getKey(), first, decades, right);
                    points.addAll(List.of(x, y));
                    svg.dot(
                            x,
                            y,
                            colour,
                            s.name() + ", " + Svg.number(point.getKey()) + ": " + Svg.number(point.getValue()));
                }
            }
            svg.path(points.stream().mapToDouble(d -> d).toArray(), colour, s.dashed());
            svg.box(right + 12, TOP + 20 * i, 12, 12, colour, "");
            svg.text(right + 30, TOP + 20 * i + 10, "start", s.name());
        }
        svg.write(file);
    }

    private static double across(double x, double first, double decades, int right) {
        return LEFT + 10 + (right - LEFT - 20) * Math.log(x / first) / decades;
    }
}
