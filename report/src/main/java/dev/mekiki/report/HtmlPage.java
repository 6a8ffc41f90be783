package dev.mekiki.report;

import java.util.Base64;
import java.util.List;

/**
 * A page under way: headings, paragraphs, tables, charts and pictures, all in one file. Texts may hold anything; they
 * are escaped. The page is well-formed XML as well. Not thread-safe.
 */
public final class HtmlPage {

    private static final String STYLE = """
            body { font-family: sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em; color: #222 }
            table { border-collapse: collapse; margin: 1em 0 }
            th, td { border: 1px solid #ccc; padding: .3em .6em; text-align: left; vertical-align: top }
            td.number { text-align: right; font-variant-numeric: tabular-nums }
            th { background: #f3f3f3 }
            figure { display: inline-block; margin: .3em; text-align: center }
            figcaption { font-size: .8em; color: #555; max-width: 12em; overflow-wrap: anywhere }
            img { max-width: 10em; max-height: 10em }
            """;

    private final StringBuilder body = new StringBuilder();
    private final String title;

    /** What stands in one place of a table. */
    public sealed interface Cell {}

    /** Words, to the left. */
    public record Words(String text) implements Cell {}

    /** A figure in words, to the right. */
    public record Figure(String text) implements Cell {}

    /** Pictures side by side. */
    public record Pictures(List<Picture> pictures) implements Cell {
        public Pictures {
            pictures = List.copyOf(pictures);
        }
    }

    /**
     * A picture that the page holds itself.
     *
     * @param jpeg the file's bytes
     * @param caption what it shows
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Picture(byte[] jpeg, String caption) {}

    public HtmlPage(String title) {
        this.title = title;
        body.append("<h1>").append(escaped(title)).append("</h1>\n");
    }

    public HtmlPage heading(String text) {
        body.append("<h2>").append(escaped(text)).append("</h2>\n");
        return this;
    }

    public HtmlPage paragraph(String text) {
        body.append("<p>").append(escaped(text)).append("</p>\n");
        return this;
    }

    /** @param svg an element, as charts give it; goes into the page as it is */
    public HtmlPage chart(String svg) {
        body.append("<div>").append(svg).append("</div>\n");
        return this;
    }

    /**
     * A table.
     *
     * @param rows each with as many cells as there are columns
     */
    public HtmlPage table(List<String> columns, List<List<Cell>> rows) {
        body.append("<table><thead><tr>");
        for (String column : columns) {
            body.append("<th>").append(escaped(column)).append("</th>");
        }
        body.append("</tr></thead><tbody>\n");
        for (List<Cell> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(
                        "cells: " + row.size() + " (expected: " + columns.size() + ", as columns)");
            }
            body.append("<tr>");
            row.forEach(this::cell);
            body.append("</tr>\n");
        }
        body.append("</tbody></table>\n");
        return this;
    }

    private void cell(Cell cell) {
        switch (cell) {
            case Words words ->
                body.append("<td>").append(escaped(words.text())).append("</td>");
            case Figure figure ->
                body.append("<td class=\"number\">")
                        .append(escaped(figure.text()))
                        .append("</td>");
            case Pictures pictures -> {
                body.append("<td>");
                for (Picture picture : pictures.pictures()) {
                    body.append("<figure><img alt=\"")
                            .append(escaped(picture.caption()))
                            .append("\" src=\"data:image/jpeg;base64,")
                            .append(Base64.getEncoder().encodeToString(picture.jpeg()))
                            .append("\"/><figcaption>")
                            .append(escaped(picture.caption()))
                            .append("</figcaption></figure>");
                }
                body.append("</td>");
            }
        }
    }

    /** The whole page. */
    public String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><title>" + escaped(title)
                + "</title><style>\n" + STYLE + "</style></head><body>\n" + body + "</body></html>\n";
    }

    private static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                // Characters that XML does not know at all, as file names may hold them.
                default ->
                    safe.appendCodePoint(
                            c < 0x20 && c != '\n' && c != '\t'
                                            || c >= 0xD800 && c <= 0xDFFF
                                            || c == 0xFFFE
                                            || c == 0xFFFF
                                    ? 0xFFFD
                                    : c);
            }
        });
        return safe.toString();
    }
}
