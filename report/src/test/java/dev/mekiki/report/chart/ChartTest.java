package dev.mekiki.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ChartTest {

    @TempDir
    private Path folder;

    @Test
    void aHigherValueIsHigherUpAndEveryPlaceHasItsMark() throws Exception {
        Path file = folder.resolve("lines.svg");
        new LineChart("<title> & more", "in flight", "images/s")
                .line("Embed", Map.of(1, 300.0, 8, 900.0, 64, 1000.0))
                .level("limit", 1400)
                .write(file);
        Document svg = read(file);

        List<Element> dots = elements(svg, "circle");
        assertThat(dots).hasSize(3);
        assertThat(number(dots.get(0), "cy"))
                .isGreaterThan(number(dots.get(1), "cy"))
                .isGreaterThan(number(dots.get(2), "cy"));
        // 1, 8 and 64 are equally far from each other on a logarithmic axis.
        assertThat(number(dots.get(1), "cx") - number(dots.get(0), "cx"))
                .isCloseTo(number(dots.get(2), "cx") - number(dots.get(1), "cx"), within());
        assertThat(texts(svg)).contains("<title> & more", "1", "8", "64", "Embed", "limit", "1,400");
    }

    @Test
    void partsOfABarFollowEachOtherInTheirProportions() throws Exception {
        Path file = folder.resolve("bars.svg");
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("decode", 3.0);
        parts.put("queue", 0.0);
        parts.put("inference", 1.0);
        new BarChart("time", "µs")
                .bar("8", parts)
                .bar("32", Map.of("queue", 2.0))
                .write(file);
        Document svg = read(file);

        List<Element> boxes = elements(svg, "rect").stream()
                .filter(r -> r.getElementsByTagName("title").getLength() == 1)
                .toList();
        assertThat(boxes).hasSize(4);
        assertThat(number(boxes.get(0), "width")).isCloseTo(3 * number(boxes.get(2), "width"), within());
        assertThat(number(boxes.get(2), "x"))
                .isCloseTo(number(boxes.get(0), "x") + number(boxes.get(0), "width"), within());
        assertThat(boxes.get(3).getAttribute("fill"))
                .as("the same part has the same colour")
                .isEqualTo(boxes.get(1).getAttribute("fill"));
        assertThat(boxes.get(0).getTextContent()).isEqualTo("8, decode: 3");
    }

    @Test
    void placesOnALogarithmicPlaneByDecades() throws Exception {
        Path file = folder.resolve("plane.svg");
        PlaneChart.logarithmic("characteristic", "FPR", "TPR")
                .points("a", new double[] {1e-4, 1e-2, 1}, new double[] {0, .5, 1}, List.of("x", "y", "z"))
                .curve("b", new double[] {1e-3, 1}, new double[] {.2, .3})
                .write(file);
        Document svg = read(file);

        List<Element> dots = elements(svg, "circle");
        assertThat(dots).hasSize(3);
        assertThat(number(dots.get(1), "cx"))
                .isCloseTo((number(dots.get(0), "cx") + number(dots.get(2), "cx")) / 2, within());
        assertThat(number(dots.get(1), "cy"))
                .isCloseTo((number(dots.get(0), "cy") + number(dots.get(2), "cy")) / 2, within());
        assertThat(elements(svg, "polyline")).hasSize(1);
        assertThat(texts(svg)).contains("1e-4", "1e-3", "1e-2", "1e-1", "1", "a", "b");
    }

    @Test
    void refusesAPlaceThatALogarithmicAxisDoesNotHave() {
        PlaneChart chart = PlaneChart.logarithmic("t", "x", "y").curve("a", new double[] {0, 1}, new double[] {0, 1});
        assertThatThrownBy(chart::svg).hasMessageContaining("expected: more than 0");
    }

    @Test
    void axesEndAtRoundNumbers() {
        assertThat(Axis.upTo(1400)).isEqualTo(new Axis(1400, 200));
        assertThat(Axis.upTo(0.93)).isEqualTo(new Axis(1.0, 0.2));
        assertThat(Axis.upTo(0)).isEqualTo(new Axis(1, 0.2));
    }

    private static org.assertj.core.data.Offset<Double> within() {
        return org.assertj.core.data.Offset.offset(0.2);
    }

    private static Document read(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    private static List<Element> elements(Document svg, String name) {
        NodeList nodes = svg.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static List<String> texts(Document svg) {
        return elements(svg, "text").stream().map(Element::getTextContent).toList();
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }
}
