package dev.mekiki.benchmarks.vitals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Samples in Prometheus' text format.
 *
 * @param samples in the order of the text
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Exposition formats</a>
 */
record Exposition(List<Sample> samples) {

    /**
     * One line.
     *
     * @param name of the series
     * @param labels its labels
     * @param value of it
     */
    record Sample(String name, Map<String, String> labels, double value) {}

    Exposition {
        samples = List.copyOf(samples);
    }

    /** @throws IllegalArgumentException if a line is neither a comment nor a sample */
    static Exposition parse(String text) {
        return new Exposition(text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && line.charAt(0) != '#')
                .map(Exposition::sample)
                .toList());
    }

    /** Those of one series. */
    Stream<Sample> of(String name) {
        return samples.stream().filter(s -> s.name().equals(name));
    }

    private static Sample sample(String line) {
        int brace = line.indexOf('{');
        int space = line.indexOf(' ');
        if (space < 0) {
            throw new IllegalArgumentException("metrics: \"" + line + "\" (expected: a name and a value)");
        }
        Map<String, String> labels = new LinkedHashMap<>();
        int nameEnd = space;
        int end = space;
        if (brace >= 0 && brace < space) {
            nameEnd = brace;
            end = labels(line, brace + 1, labels);
        }
        String value = line.substring(end).strip().split(" ", 2)[0];
        return new Sample(line.substring(0, nameEnd), labels, number(value, line));
    }

    /** Reads up to the closing brace; returns where the rest begins. */
    private static int labels(String line, int from, Map<String, String> labels) {
        int at = from;
        while (at < line.length() && line.charAt(at) != '}') {
            int equals = line.indexOf("=\"", at);
            if (equals < 0) {
                break;
            }
            String label = line.substring(at, equals).strip();
            StringBuilder value = new StringBuilder();
            for (at = equals + 2; at < line.length() && line.charAt(at) != '"'; at++) {
                char c = line.charAt(at);
                if (c == '\\' && at + 1 < line.length()) {
                    at++;
                    c = line.charAt(at) == 'n' ? '\n' : line.charAt(at);
                }
                value.append(c);
            }
            labels.put(label, value.toString());
            at++;
            if (at < line.length() && line.charAt(at) == ',') {
                at++;
            }
        }
        if (at >= line.length()) {
            throw new IllegalArgumentException("metrics: \"" + line + "\" (expected: labels that end)");
        }
        return at + 1;
    }

    private static double number(String value, String line) {
        return switch (value) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> {
                try {
                    yield Double.parseDouble(value);
                } catch (NumberFormatException e) {
                    throw new IllegalArgumentException("metrics: \"" + line + "\" (expected: a number at its end)", e);
                }
            }
        };
    }
}
