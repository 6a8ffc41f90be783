package dev.mekiki.report.chart;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A drawing under way: elements of SVG, well-formed whatever the texts are. Not thread-safe. */
final class Svg {

    /** Told apart by people who do not see all colours (Okabe and Ito 2008). */
    private static final String[] COLOURS = {
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#777777", "#f0e442", "#000000"
    };

    private final StringWriter text = new StringWriter();
    private final XMLStreamWriter xml;

    Svg(int width, int height) {
        try {
            xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartElement("svg");
            xml.writeDefaultNamespace("http://www.w3.org/2000/svg");
            attribute("viewBox", "0 0 " + width + " " + height);
            attribute("width", Integer.toString(width));
            attribute("height", Integer.toString(height));
            attribute("font-family", "sans-serif");
            attribute("font-size", "12");
            box(0, 0, width, height, "#ffffff", "");
        } catch (XMLStreamException e) {
            throw new IllegalStateException("memory cannot be written to", e);
        }
    }

    /** That of the n-th series; repeats. */
    static String colour(int series) {
        return COLOURS[series % COLOURS.length];
    }

    /** A number for people: as few digits as tell it apart. */
    static String number(double value) {
        return Math.abs(value) >= 10 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, Math.abs(value) >= 1 ? "%.1f" : "%.2f", value);
    }

    /** @param hint shown when the pointer rests on it; empty for none */
    void box(double x, double y, double width, double height, String colour, String hint) {
        element("rect", () -> {
            attribute("x", coordinate(x));
            attribute("y", coordinate(y));
            attribute("width", coordinate(width));
            attribute("height", coordinate(height));
            attribute("fill", colour);
            if (!hint.isEmpty()) {
                element("title", () -> xml.writeCharacters(hint));
            }
        });
    }

    void line(double x1, double y1, double x2, double y2, String colour) {
        element("line", () -> {
            attribute("x1", coordinate(x1));
            attribute("y1", coordinate(y1));
            attribute("x2", coordinate(x2));
            attribute("y2", coordinate(y2));
            attribute("stroke", colour);
        });
    }

    /** @param points x and y in turn */
    void path(double[] points, String colour, boolean dashed) {
        StringBuilder way = new StringBuilder();
        for (int i = 0; i < points.length; i += 2) {
            way.append(i == 0 ? "" : " ")
                    .append(coordinate(points[i]))
                    .append(',')
                    .append(coordinate(points[i + 1]));
        }
        element("polyline", () -> {
            attribute("points", way.toString());
            attribute("fill", "none");
            attribute("stroke", colour);
            attribute("stroke-width", "2");
            if (dashed) {
                attribute("stroke-dasharray", "6 4");
            }
        });
    }

    /** @param hint shown when the pointer rests on it */
    void dot(double x, double y, String colour, String hint) {
        element("circle", () -> {
            attribute("cx", coordinate(x));
            attribute("cy", coordinate(y));
            attribute("r", "3.5");
            attribute("fill", colour);
            element("title", () -> xml.writeCharacters(hint));
        });
    }

    /** @param anchor {@code start}, {@code middle} or {@code end} */
    void text(double x, double y, String anchor, String words) {
        element("text", () -> {
            attribute("x", coordinate(x));
            attribute("y", coordinate(y));
            attribute("text-anchor", anchor);
            xml.writeCharacters(words);
        });
    }

    /** The whole drawing; nothing is added after that. */
    String text() {
        try {
            xml.writeEndElement();
            xml.close();
            return text + "\n";
        } catch (XMLStreamException e) {
            throw new IllegalStateException("memory cannot be written to", e);
        }
    }

    /** Writes the whole drawing; nothing is added after that. */
    void write(Path file) {
        try {
            Files.writeString(file, text());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }

    private interface Content {
        void write() throws XMLStreamException;
    }

    private void element(String name, Content content) {
        try {
            xml.writeStartElement(name);
            content.write();
            xml.writeEndElement();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("memory cannot be written to", e);
        }
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, value);
    }

    private static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
