package dev.mekiki.report.chart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lying bars, each made of parts, as of where the time of a request goes. Not thread-safe. */
public final class BarChart {

    private static final int WIDTH = 800;
    private static final int LEFT = 150;
    private static final int RIGHT = 180;
    private static final int TOP = 40;
    private static final int BOTTOM = 50;
    private static final int BAR = 22;
    private static final int LEGEND = 20;

    private final String title;
    private final String across;
    private final Map<String, Map<String, Double>> bars = new LinkedHashMap<>();

    /** @param across what the axis says */
    public BarChart(String title, String across) {
        this.title = title;
        this.across = across;
    }

    /** @param parts each at least 0, in the order that they are drawn in */
    public BarChart bar(String name, Map<String, Double> parts) {
        bars.put(name, new LinkedHashMap<>(parts));
        return this;
    }

    public void write(Path file) {
        Set<String> names = new LinkedHashSet<>();
        double largest = 0;
        for (Map<String, Double> parts : bars.values()) {
            names.addAll(parts.keySet());
            largest = Math.max(
                    largest, parts.values().stream().mapToDouble(v -> v).sum());
        }
        List<String> legend = new ArrayList<>(names);
        Axis axis = Axis.upTo(largest);
        int rows = Math.max((BAR + 8) * bars.size(), LEGEND * legend.size());
        int height = TOP + rows + BOTTOM;
        int right = WIDTH - RIGHT;
        Svg svg = new Svg(WIDTH, height);
        svg.text(WIDTH / 2.0, 22, "middle", title);
        double unit = (right - LEFT) / axis.most();
        for (double x = 0; x <= axis.most() + axis.step() / 2; x += axis.step()) {
            svg.line(LEFT + unit * x, TOP, LEFT + unit * x, TOP + rows, "#dddddd");
            svg.text(LEFT + unit * x, TOP + rows + 18, "middle", Svg.number(x));
        }
        svg.text((LEFT + right) / 2.0, height - 10, "middle", across);
        int y = TOP;
        for (Map.Entry<String, Map<String, Double>> bar : bars.entrySet()) {
            svg.text(LEFT - 8, y + BAR / 2.0 + 4, "end", bar.getKey());
            double x = LEFT;
            for (Map.Entry<String, Double> part : bar.getValue().entrySet()) {
                double width = unit * part.getValue();
                svg.box(
                        x,
                        y,
                        width,
                        BAR,
                        Svg.colour(legend.indexOf(part.getKey())),
                        bar.getKey() + ", " + part.getKey() + ": " + Svg.number(part.getValue()));
                x += width;
            }
            y += BAR + 8;
        }
        for (int i = 0; i < legend.size(); i++) {
            svg.box(right + 16, TOP + LEGEND * i, 12, 12, Svg.colour(i), "");
            svg.text(right + 34, TOP + LEGEND * i + 10, "start", legend.get(i));
        }
        svg.write(file);
    }
}
