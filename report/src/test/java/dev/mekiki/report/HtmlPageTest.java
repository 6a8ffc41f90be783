package dev.mekiki.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.report.chart.PlaneChart;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class HtmlPageTest {

    @Test
    void textsStayTextsWhateverTheyHold() throws Exception {
        String hostile = "<script>alert(1)</script> & \"quotes\" 証";
        HtmlPage page = new HtmlPage(hostile)
                .heading(hostile)
                .paragraph(hostile + "\u0000")
                .table(
                        List.of(hostile),
                        List.of(List.of(new HtmlPage.Words(hostile)), List.of(new HtmlPage.Figure(hostile))));
        Document read = read(page);
        assertThat(read.getElementsByTagName("script").getLength()).isZero();
        assertThat(read.getElementsByTagName("h1").item(0).getTextContent()).isEqualTo(hostile);
        assertThat(read.getElementsByTagName("td").item(1).getTextContent()).isEqualTo(hostile);
        assertThat(read.getElementsByTagName("p").item(0).getTextContent()).isEqualTo(hostile + "\uFFFD");
    }

    @Test
    void holdsItsPicturesAndChartsItself() throws Exception {
        byte[] jpeg = {1, 2, 3};
        HtmlPage page = new HtmlPage("t")
                .table(
                        List.of("seen"),
                        List.of(List.of(new HtmlPage.Pictures(List.of(new HtmlPage.Picture(jpeg, "a \"b\""))))))
                .chart(PlaneChart.linear("c", "x", "y")
                        .curve("k", new double[] {0, 1}, new double[] {0, 1})
                        .svg());
        Document read = read(page);
        Element image = (Element) read.getElementsByTagName("img").item(0);
        assertThat(image.getAttribute("alt")).isEqualTo("a \"b\"");
        assertThat(Base64.getDecoder().decode(image.getAttribute("src").substring("data:image/jpeg;base64,".length())))
                .isEqualTo(jpeg);
        assertThat(read.getElementsByTagName("svg").getLength()).isEqualTo(1);
    }

    @Test
    void refusesRowsThatDoNotFitTheirColumns() {
        HtmlPage page = new HtmlPage("t");
        assertThatThrownBy(() -> page.table(List.of("a", "b"), List.of(List.of(new HtmlPage.Words("1")))))
                .hasMessage("cells: 1 (expected: 2, as columns)");
    }

    private static Document read(HtmlPage page) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(page.html().getBytes(StandardCharsets.UTF_8)));
    }
}
